"""A live-server test case of a real Django project, run by `manage.py test`.

usage: serve_live.py DIRECTORY
Says `ready PORT`; the test lasts until a line comes on standard input; then
`torn` tells that the class has been torn down, and the process lasts until
another line comes.  The database is in memory, as it is by default.  Django
1.11+, Python 3.6+, run by the tree's interpreter; never imported by harness.
"""

import os
import runpy
import sys

import announce
import project


def main(argv):
    """Run the one live-server test case of `live_case.py`."""
    announce.begin()
    directory = argv[0]
    project.make(directory, tested=True)
    os.chdir(directory)
    sys.path.insert(0, directory)
    sys.argv = ["manage.py", "test", "live_case"]
    announce.on_listen()
    runpy.run_path("manage.py", run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])

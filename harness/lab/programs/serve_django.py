"""A real Django project, as `startproject` makes it, under the real `runserver`.

usage: serve_django.py DIRECTORY [--nothreading] [--without-common]
Writes the project into DIRECTORY (which it must be able to write to).  Django
1.11+, Python 3.6+, run by the tree's interpreter; never imported by harness.
"""

import os
import runpy
import sys

import announce
import project


def main(argv):
    """Run `manage.py runserver --noreload 127.0.0.1:0` until killed."""
    announce.begin()
    directory = argv[0]
    project.make(directory, common="--without-common" not in argv)
    options = [flag for flag in argv[1:] if flag != "--without-common"]
    os.chdir(directory)
    sys.path.insert(0, directory)
    sys.argv = ["manage.py", "runserver", "--noreload", "127.0.0.1:0"] + options
    announce.on_listen(obey=True)
    runpy.run_path("manage.py", run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Runs the functions of CPython's Tools/patchcheck/patchcheck.py on a folder of files.

Run by any Python, never imported by the workbench: patch_check.py TOOLS FOLDER PATH...
Its last line is a JSON list of what patchcheck finds.
"""

import json
import os
import sys


def main(tools, folder, paths):
    sys.path.insert(0, tools)
    import patchcheck

    patchcheck.SRCDIR = folder
    os.chdir(folder)
    python = [path for path in paths if path.endswith(".py")]
    c = [path for path in paths if path.endswith((".c", ".h"))]
    found = ["%s: whitespace" % path for path in patchcheck.normalize_whitespace(python)]
    found += ["%s: tabs" % path for path in patchcheck.normalize_c_whitespace(c)]
    for regenerated in (patchcheck.regenerated_configure, patchcheck.regenerated_pyconfig_h_in):
        if regenerated(paths) == "no":
            found.append("configure.ac changes, and what is made from it does not")
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])

"""Reads or makes one entry of CPython's Misc/NEWS.d with blurb's own code.

Run by a Python in whose environment blurb is; never imported by the workbench.
blurb's command line needs a terminal and a git checkout, its parser does not.
"""

import json
import os
import sys

from blurb import _blurb_file
from blurb._blurb_file import BlurbError, Blurbs

# A number that is still to be had stands as 0, which blurb would refuse.
PLACEHOLDER = str(_blurb_file.lowest_possible_gh_issue_number)


def problem(path, text):
    """What blurb objects to in an entry's path or text, or nothing."""
    try:
        metadata = Blurbs._parse_next_filename(path)
    except (AssertionError, KeyError, ValueError) as error:
        return str(error) or "not a name as blurb makes it"
    if metadata.get("gh-issue", "").strip("0") == "":
        metadata["gh-issue"] = PLACEHOLDER
    try:
        Blurbs().parse(text, metadata=metadata, filename=os.path.basename(path))
    except BlurbError as error:
        return str(error).splitlines()[-1]
    return ""


def made(number, section, text):
    """An entry as blurb would save it: where, and what."""
    _blurb_file.root = os.getcwd()
    entry = Blurbs()
    entry.append(({"gh-issue": str(number or PLACEHOLDER), "section": section}, text))
    path = entry.save_next()
    with open(path, encoding="utf-8") as stream:
        content = stream.read()
    where = os.path.relpath(path, _blurb_file.root)
    return where if number else where.replace(PLACEHOLDER, "0"), content


def main(file):
    with open(file, encoding="utf-8") as stream:
        request = json.load(stream)
    if request["make"]:
        path, text = made(request["number"], request["section"], request["text"])
        answer = {"path": path, "text": text}
    else:
        answer = {"problem": problem(request["path"], request["text"])}
    print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1])

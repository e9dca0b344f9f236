"""The miniature upstream with rules for diffs, and candidates that break one each.

For tests only. What upstreams ask for is real: only the linter is a miniature too.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import msgspec

from harness.catalog.candidate import Candidate, Description
from harness.catalog.catalog import Catalog
from harness.export.squash import AddedLine, ChangedFile, SquashedCommit
from harness.model import ApplyResult, CandidateName, Stack
from support.tiny import PATCHES, PROJECT, SERVER, UPSTREAM, Workbench, diff
from support.values import BASE

RULES = r"""
[lint]
line_length = 88
comment_length = 79

[[lint.tool]]
name = "tidy"
requires = []
run = ["python", "-c", '''
import sys
for path in sys.argv[1:]:
    for number, line in enumerate(open(path), 1):
        if "  #" in line:
            print(f"{path}:{number}:1: a comment beside code: {line.strip()}")
''']
files = ["*.py"]

[pull_request]
subject = "^(Fixed|Refs) #(?P<number>\\d+) -- (?P<verb>\\w+) .+\\.$"
tense = "past"
tests = "tests/"

[[pull_request.checklist]]
text = "There is a test"
checks = ["red-green"]
[[pull_request.checklist]]
text = "A person has read it"
"""
MESSAGE = """\
From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: {author}
Date: Sun, 21 Feb 2021 12:00:00 +0000
Subject: [PATCH] {subject}

{body}
---

"""
TESTS = UPSTREAM / "tests" / "servers" / "tests.py"
BODY = "The sum of no numbers was None, which nobody can add to."
SUBJECT = "Fixed #1 -- Summed up nothing."
AUTHOR = "A Contributor <contributor@example.com>"
DESCRIPTION = """\
title = "The sum of no numbers is 0"
ticket = "django#1"
origin = "made for the workbench's own tests"
credit = ["Another One <another@example.com>"]
made_for = "0.1"
files = ["django/server.py", "tests/servers/*"]
series = ["0001-it.patch"]
"""


def code(new: str = "return sum(numbers)\n") -> str:
    """A diff of the function that is wrong; it is right unless ``new`` says otherwise."""
    text = SERVER.read_text("utf-8")
    old = "return sum(numbers) if numbers else None\n"
    assert text.count(old) == 1
    return diff(text, text.replace(old, new))


def a_test(call: str = "server.total(())", expected: str = "0") -> str:
    """A diff that adds a test; it fails without the code unless ``call`` says otherwise."""
    text = TESTS.read_text("utf-8")
    place = "    def test_feature(self):\n"
    added = f"    def test_added(self):\n        self.assertEqual({call}, {expected})\n\n"
    return diff(text, text.replace(place, added + place, 1), "tests/servers/tests.py")


def new_file(path: str, text: str) -> str:
    """A diff that makes a file."""
    lines = text.splitlines(keepends=True)
    body = "".join(f"+{line}" for line in lines)
    head = f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n"
    return f"{head}@@ -0,0 +1,{len(lines)} @@\n{body}"


def mail(content: str, subject: str = SUBJECT, body: str = BODY, author: str = AUTHOR) -> str:
    """A diff as `git format-patch` sends it."""
    return MESSAGE.format(author=author, subject=subject, body=body) + content


GOOD = code() + a_test()
# name: the patch, and the checks that are in the way of its diff
MUTANTS: dict[str, tuple[str, set[str]]] = {
    "good": (mail(GOOD), set()),
    "subject": (mail(GOOD, subject="Fixes #1 -- Sum up nothing"), {"message"}),
    "number": (mail(GOOD, subject="Fixed #2 -- Summed up nothing."), {"message"}),
    "no-body": (mail(GOOD, body=""), {"message"}),
    "no-test": (mail(code()), {"red-green"}),
    "idle-test": (mail(code() + a_test("server.total([1])", "1")), {"red-green"}),
    "failing-test": (mail(code() + a_test(expected="1")), {"red-green", "breakage"}),
    "trailing": (mail(code("return sum(numbers) \n")), {"red-green", "whitespace"}),
    "untidy": (mail(code("return sum(numbers)  # 0 of none\n")), {"red-green", "tidy"}),
    "long": (mail(code(f"return sum({'numbers or ' * 8}())\n")), {"red-green", "line-length"}),
    "debug": (mail(code("print(numbers)\n    return sum(numbers)\n")), {"red-green", "debug"}),
    "stray": (mail(code() + new_file("django/server.py.orig", "old\n")), {"red-green", "files"}),
    "undeclared": (
        mail(code() + new_file("django/more.py", "new = 1\n")),
        {"red-green", "files", "reach"},
    ),
    "breaks": (mail(code("return 1\n")), {"red-green", "breakage"}),
    "misfits": (mail(code().replace("-    return sum", "-    return max")), {"applies"}),
}


def changed_file(before: str, after: str, path: str = "django/server.py") -> ChangedFile:
    """A file with every line of ``after`` that ``before`` has not as added."""
    old = before.splitlines()
    added = [AddedLine(n, line) for n, line in enumerate(after.splitlines(), 1) if line not in old]
    return ChangedFile(path, before.encode(), after.encode(), tuple(added))


def squashed(upstream: str, *files: tuple[str, str], message: str = SUBJECT) -> SquashedCommit:
    """A diff that makes files, by path and text, for an upstream with its real rules."""
    real = Catalog(PROJECT / "patches").upstream(upstream)
    base = msgspec.structs.replace(BASE.base, project=real.project)
    tree = msgspec.structs.replace(BASE, base=base)
    about = Description(title="", ticket="", origin="", credit=(), series=("1",))
    name = CandidateName(upstream, "it")
    return SquashedCommit(
        name=Stack((name,)),
        upstream=real,
        stack=(Candidate(name, about, {}),),
        base=tree,
        applies=ApplyResult.CLEAN,
        patched=msgspec.structs.replace(tree, commit="d" * 40, tree="p" * 40),
        message=message,
        touched=tuple(changed_file("", text, path) for path, text in files),
    )


def folder(place: Path, candidates: dict[str, str]) -> Path:
    """A folder of candidates for the miniature, with its rules."""
    patches = place / "patches"
    shutil.copytree(PATCHES / "cpython", patches / "cpython")
    rules = (PATCHES / "django" / "upstream.toml").read_text("utf-8") + RULES
    (patches / "django").mkdir()
    (patches / "django" / "upstream.toml").write_text(rules, "utf-8")
    for name, patch in candidates.items():
        own = patches / "django" / name
        own.mkdir()
        (own / "candidate.toml").write_text(DESCRIPTION, "utf-8")
        (own / "0001-it.patch").write_text(patch, "utf-8")
    return patches


def checks(workbench: Workbench, name: str) -> dict[str, Any]:
    """``checks.json`` of one diff."""
    file = workbench.home / "diffs" / "django" / name / "checks.json"
    return dict(msgspec.json.decode(file.read_bytes()))


def in_the_way(workbench: Workbench, name: str) -> set[str]:
    """The names of the checks that keep a diff from being ready."""
    kept = {"wrong", "unknown"}
    return {check["name"] for check in checks(workbench, name)["checks"] if check["state"] in kept}


def one(workbench: Workbench, name: str, check: str) -> dict[str, Any]:
    """What one check says of one diff."""
    return next(each for each in checks(workbench, name)["checks"] if each["name"] == check)

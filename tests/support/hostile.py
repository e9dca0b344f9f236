"""A report whose every text from outside is hostile."""

from __future__ import annotations

import msgspec

from harness.model import (
    Change,
    Conflict,
    FileReach,
    Pair,
    PatchText,
    Reach,
    Stack,
    Status,
    Wait,
)
from harness.report.schema import Report

STEERING = "\x1b[2J\x1b[31mred\x1b[0m\x1b]0;title\x07"
EVIL = (
    f"<script>alert(1)</script>]]>&amp;\x00\ud800\udfff\ufffe{STEERING} # SKIP \\ {{0}} [x](http://e)"
    "\n...\n  ...\nok 1\n1..0\nBail out!\n---\n\u2028\x85\x0cnot ok 2"
)
LONG = "servers.tests.T.test_x[" + "a" * 16_000 + "]"


def hostile(report: Report, change: Change) -> Report:
    """``report`` with such texts wherever upstream, a patch or a user can put one.

    ``change`` is a breakage; there is one for every field that may hold a text.
    """
    mean = msgspec.structs.replace(
        change, reason=EVIL, detail=EVIL, group=EVIL, note=EVIL, log=EVIL, log_end=EVIL
    )
    changes = [
        msgspec.structs.replace(mean, test=EVIL),
        msgspec.structs.replace(mean, test=LONG, expected=True, why=EVIL),
        msgspec.structs.replace(mean, test="w", wait=Wait(EVIL, 0.0, 1.0, (3, 3))),
        msgspec.structs.replace(mean, suite=EVIL),
    ]
    reached = FileReach("django", "a b/%#?ü.py", 2, unreached=((3, 4),), names=(EVIL,), why=EVIL)
    judged = msgspec.structs.replace(
        report.candidates[0],
        name=EVIL,
        changes=tuple(changes),
        problems=(EVIL,),
        notes=(EVIL,),
        reach=Reach((reached,), searched=EVIL),
        patches=(PatchText("a", "django", "a.patch", EVIL),),
    )
    conflict = Conflict(EVIL, EVIL, Status.PASSED, (Status.PASSED,) * 2, Status.FAILED, EVIL)
    pair = Pair(Stack.read("django/a+cpython/b"), EVIL, 1, (conflict,), 3)
    return msgspec.structs.replace(
        report,
        made=msgspec.structs.replace(report.made, command=EVIL, partial=True),
        candidates=(judged, report.candidates[1]),
        notes=(EVIL,),
        hints=(EVIL,),
        pairs=(pair,),
    )

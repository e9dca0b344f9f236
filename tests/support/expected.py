"""The miniature's candidates, and what the workbench has to find out about each."""

from __future__ import annotations

from typing import Any

from harness.model import ApplyResult, ChangeKind, Verdict

GREETING = "servers.tests.GreetingTests"
CONNECTION = "servers.tests.ConnectionTests"
NUMBER = "servers.tests.NumberTests"

# candidate: how it applies, its verdict, and its changes as (test, kind, confirmed, group)
EXPECTED: dict[str, tuple[ApplyResult, Verdict, list[tuple[str, ChangeKind, bool, str]]]] = {
    "breaks": (
        ApplyResult.CLEAN,
        Verdict.BREAKS,
        [
            (
                f"{CONNECTION}.test_closes",
                ChangeKind.BROKEN,
                True,
                "stub artefact: the test's stand-in has no `peek`",
            ),
            (
                f"{GREETING}.test_greets",
                ChangeKind.BROKEN,
                True,
                "AssertionError: 'HELLO, you' != 'hello, you'",
            ),
            (
                f"{GREETING}.test_greets_each",
                ChangeKind.BROKEN,
                True,
                "AssertionError: 'HELLO, you' != 'hello, you'",
            ),
        ],
    ),
    "crashes": (
        ApplyResult.CLEAN,
        Verdict.BREAKS,
        [(f"{CONNECTION}.test_copies", ChangeKind.BROKEN, True, "crash")],
    ),
    "fixes": (
        ApplyResult.CLEAN,
        Verdict.FIXES,
        [(f"{NUMBER}.test_total_of_none", ChangeKind.FIXED, True, "AssertionError: None != N")],
    ),
    "flakes": (
        ApplyResult.CLEAN,
        Verdict.UNPROVEN,
        [
            (
                f"{CONNECTION}.test_steady",
                ChangeKind.FLAKY,
                False,
                "AssertionError: False is not true",
            )
        ],
    ),
    "flips": (
        ApplyResult.CLEAN,
        Verdict.NEUTRAL,
        [
            (
                f"{CONNECTION}.test_speaks",
                ChangeKind.BROKEN,
                True,
                "AssertionError: 'HTTP/N.N' != 'HTTP/N.N'",
            )
        ],
    ),
    "hangs": (
        ApplyResult.CLEAN,
        Verdict.BREAKS,
        [(f"{CONNECTION}.test_waits", ChangeKind.BROKEN, True, "hang")],
    ),
    "merges": (ApplyResult.THREE_WAY, Verdict.NEUTRAL, []),
    "misfits": (ApplyResult.NO, Verdict.DOES_NOT_APPLY, []),
    "neutral": (ApplyResult.CLEAN, Verdict.NEUTRAL, []),
    "noisy": (
        ApplyResult.CLEAN,
        Verdict.BREAKS,
        [
            (
                f"{GREETING}.{test}",
                ChangeKind.BROKEN,
                True,
                "AssertionError: 'you' != 'hello, you'",
            )
            for test in ("test_greets", "test_greets_each")
        ],
    ),
    "skips": (
        ApplyResult.CLEAN,
        Verdict.BREAKS,
        [(f"{NUMBER}.test_feature", ChangeKind.NEWLY_SKIPPED, True, "there is no such feature")],
    ),
    "stacked": (
        ApplyResult.CLEAN,
        Verdict.FIXES,
        [(f"{NUMBER}.test_total_of_none", ChangeKind.FIXED, True, "AssertionError: None != N")],
    ),
    "vanishes": (
        ApplyResult.CLEAN,
        Verdict.NEUTRAL,
        [
            (
                f"{GREETING}.test_waves",
                ChangeKind.REMOVED,
                True,
                "the patch's own change of the tests does it",
            )
        ],
    ),
}


def without_runs(candidate: dict[str, Any]) -> dict[str, Any]:
    """What two runs have in common: not how often tests ran, nor what is in their logs."""
    left_out = {"log": "", "log_end": "", "detail": "", "chance": 0.0, "trail": []}
    left_out |= {"base_runs": {}, "patched_runs": {}}
    changes = [change | left_out for change in candidate["changes"]]
    return candidate | {"changes": changes, "runs": 0}

"""The gate: what a check can find, and whether all of it together lets a diff through. Pure.

Owns: the states of a check, and what ``--allow`` does to them. Must not know what
any check looks at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from ..model import RequestError, Value


class CheckState(StrEnum):
    """How one check stands."""

    FINE = "fine"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    ALLOWED = "allowed"
    NOT_ASKED = "not-asked"

    @property
    def lets_through(self) -> bool:
        """Whether a check in this state keeps no diff from being ready."""
        return self in (CheckState.FINE, CheckState.ALLOWED, CheckState.NOT_ASKED)


class CheckResult(Value, frozen=True, kw_only=True):
    """What one check found in one diff; a line of ``checks.json``.

    ``findings`` are what is wrong, one sentence each, and ``advice`` is what to do about
    them. ``note`` says what stands behind the state, such as which settings were used.
    ``name`` is the check's own, as ``--allow`` takes it; the table of checks fills it in.
    ``reason`` is the user's for letting the check through.
    """

    name: str = ""
    state: CheckState
    findings: tuple[str, ...] = ()
    advice: str = ""
    note: str = ""
    reason: str = ""


def fine(note: str = "") -> CheckResult:
    """The result of a check that was made and has nothing to complain about."""
    return CheckResult(state=CheckState.FINE, note=note)


def not_asked(note: str) -> CheckResult:
    """The result of a check that has nothing to say about such a diff; ``note`` is why."""
    return CheckResult(state=CheckState.NOT_ASKED, note=note)


def unknown(finding: str, advice: str = "") -> CheckResult:
    """The result of a check that could not be made; silence is never success."""
    return CheckResult(state=CheckState.UNKNOWN, findings=(finding,), advice=advice)


def wrong_if_any(findings: Iterable[str], advice: str, note: str = "") -> CheckResult:
    """A result that is wrong if there is any finding, and fine if there is none."""
    listed = tuple(findings)
    if not listed:
        return fine(note)
    return CheckResult(state=CheckState.WRONG, findings=listed, advice=advice, note=note)


def with_allowances(
    results: Iterable[CheckResult], reasons: Mapping[str, str]
) -> tuple[CheckResult, ...]:
    """The results after ``--allow``: a check that is in the way and has a reason is let through.

    ``reasons`` are by the checks' names. One for a check that is not in the way changes
    nothing, and is not kept.
    """
    return tuple(
        msgspec.structs.replace(each, state=CheckState.ALLOWED, reason=reasons[each.name])
        if each.name in reasons and not each.state.lets_through
        else each
        for each in results
    )


def is_ready(results: Iterable[CheckResult]) -> bool:
    """Whether nothing stands in the way; no checks at all are no proof."""
    listed = list(results)
    return bool(listed) and all(each.state.lets_through for each in listed)


def in_the_way(results: Iterable[CheckResult]) -> list[CheckResult]:
    """The results that keep a diff from being ready."""
    return [each for each in results if not each.state.lets_through]


def allowances(given: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """The reasons by check of ``CHECK=reason``, as ``--allow`` takes them.

    Raises ``RequestError`` if a reason is missing, or no check of the ``known`` has that name.
    """
    names, reasons = list(known), {}
    for text in given:
        name, _, reason = text.partition("=")
        if name not in names:
            raise RequestError(f"--allow {text}: no check {name!r}; known are: {', '.join(names)}")
        if not reason.strip():
            raise RequestError(f"--allow {text}: say why, as in {name}='what makes it right'")
        reasons[name] = reason.strip()
    return reasons

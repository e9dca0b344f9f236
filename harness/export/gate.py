"""What checks found, and whether a diff is ready. Pure.

Owns: the states of a check, and what `--allow` does to them. Must not know what
any check looks at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from ..model import RequestError, Value


class State(StrEnum):
    """How one check stands."""

    FINE = "fine"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    ALLOWED = "allowed"
    NOT_ASKED = "not-asked"


READY = frozenset({State.FINE, State.ALLOWED, State.NOT_ASKED})


class CheckResult(Value, frozen=True):
    """What a check found: its state, each finding, and what to do about them.

    ``note`` says what stands behind the state, such as which settings were used.
    """

    state: State
    findings: tuple[str, ...] = ()
    advice: str = ""
    note: str = ""


class Checked(Value, frozen=True):
    """A check by its name, with what it found; ``reason`` is why it was let through."""

    name: str
    state: State
    findings: tuple[str, ...] = ()
    advice: str = ""
    note: str = ""
    reason: str = ""


def fine(note: str = "") -> CheckResult:
    """Nothing to complain about."""
    return CheckResult(State.FINE, note=note)


def not_asked(note: str) -> CheckResult:
    """The check has nothing to say about such a diff, and why."""
    return CheckResult(State.NOT_ASKED, note=note)


def unknown(finding: str, advice: str = "") -> CheckResult:
    """The check could not be made; silence is never success."""
    return CheckResult(State.UNKNOWN, (finding,), advice)


def found(findings: Iterable[str], advice: str, note: str = "") -> CheckResult:
    """Wrong if there is any finding, else fine."""
    listed = tuple(findings)
    return CheckResult(State.WRONG, listed, advice, note) if listed else fine(note)


def settle(looked: Mapping[str, CheckResult], allowed: Mapping[str, str]) -> tuple[Checked, ...]:
    """Every check's state after `--allow`: only what is not fine can be let through."""
    checked = []
    for name, each in looked.items():
        reason = allowed.get(name, "") if each.state not in READY else ""
        state = State.ALLOWED if reason else each.state
        checked.append(Checked(name, state, each.findings, each.advice, each.note, reason))
    return tuple(checked)


def ready(checks: Iterable[Checked]) -> bool:
    """Whether nothing stands in the way; no checks at all are no proof."""
    listed = list(checks)
    return bool(listed) and all(check.state in READY for check in listed)


def in_the_way(checks: Iterable[Checked]) -> list[Checked]:
    """The checks that keep a diff from being ready."""
    return [check for check in checks if check.state not in READY]


def allowances(given: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """``CHECK=reason`` as a mapping; ``RequestError`` without a reason or for no check."""
    names, allowed = list(known), {}
    for text in given:
        name, _, reason = text.partition("=")
        if name not in names:
            raise RequestError(f"--allow {text}: no check {name!r}; known are: {', '.join(names)}")
        if not reason.strip():
            raise RequestError(f"--allow {text}: say why, as in {name}='what makes it right'")
        allowed[name] = reason.strip()
    return allowed

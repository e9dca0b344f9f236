"""The gate: pure, and closed unless everything is fine, not asked, or let through."""

from __future__ import annotations

import pytest

from harness.export import gate
from harness.export.gate import CheckResult, State
from harness.model import RequestError


@pytest.mark.parametrize(
    ("state", "ready", "ready_when_allowed"),
    [
        (State.FINE, True, True),
        (State.NOT_ASKED, True, True),
        (State.ALLOWED, True, True),
        (State.WRONG, False, True),
        (State.UNKNOWN, False, True),
    ],
)
def test_what_lets_a_diff_through(state: State, ready: bool, ready_when_allowed: bool) -> None:
    looked = {"one": gate.fine(), "other": CheckResult(state)}
    assert gate.ready(gate.settle(looked, {})) is ready
    assert gate.ready(gate.settle(looked, {"other": "it is meant"})) is ready_when_allowed


def test_every_state_has_a_line_above() -> None:
    assert set(State) == {*gate.READY, State.WRONG, State.UNKNOWN}


def test_no_check_at_all_is_no_proof() -> None:
    assert not gate.ready(())


def test_a_reason_is_kept_only_where_it_was_needed() -> None:
    looked = {"one": gate.fine(), "other": gate.found(["it is long"], "wrap it")}
    one, other = gate.settle(looked, {"one": "in vain", "other": "it is a table"})
    assert (one.state, one.reason) == (State.FINE, "")
    assert (other.state, other.reason) == (State.ALLOWED, "it is a table")
    assert other.findings == ("it is long",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour=why not", "no check 'colour'; known are: news"),
        ("news", "say why"),
        ("news= ", "say why"),
    ],
)
def test_an_allowance_needs_a_check_and_a_reason(text: str, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        gate.allowances([text], ["news"])

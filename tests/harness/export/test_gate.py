"""The gate: pure, and closed unless everything is fine, not asked, or let through."""

from __future__ import annotations

import msgspec
import pytest

from harness.export import gate
from harness.export.gate import CheckResult, CheckState
from harness.model import RequestError


def named(name: str, result: CheckResult) -> CheckResult:
    """A result as the table of checks gives it out."""
    return msgspec.structs.replace(result, name=name)


@pytest.mark.parametrize(
    ("state", "ready", "ready_when_allowed"),
    [
        (CheckState.FINE, True, True),
        (CheckState.NOT_ASKED, True, True),
        (CheckState.ALLOWED, True, True),
        (CheckState.WRONG, False, True),
        (CheckState.UNKNOWN, False, True),
    ],
)
def test_what_lets_a_diff_through(state: CheckState, ready: bool, ready_when_allowed: bool) -> None:
    results = [named("one", gate.fine()), CheckResult(name="other", state=state)]
    allowed = gate.with_allowances(results, {"other": "it is meant"})
    assert gate.is_ready(results) is ready
    assert gate.is_ready(allowed) is ready_when_allowed
    assert [each.name for each in gate.in_the_way(results)] == ([] if ready else ["other"])


def test_no_check_at_all_is_no_proof() -> None:
    assert not gate.is_ready(())


def test_a_finding_makes_a_result_wrong_and_none_makes_it_fine() -> None:
    wrong = gate.wrong_if_any(["it is long"], "wrap it", "at most 88")
    assert (wrong.state, wrong.findings, wrong.advice) == (
        CheckState.WRONG,
        ("it is long",),
        "wrap it",
    )
    assert gate.wrong_if_any([], "wrap it", "at most 88") == gate.fine("at most 88")


def test_a_reason_is_kept_only_where_it_was_needed() -> None:
    results = [
        named("one", gate.fine()),
        named("other", gate.wrong_if_any(["it is long"], "wrap it")),
    ]
    one, other = gate.with_allowances(results, {"one": "in vain", "other": "it is a table"})
    assert (one.state, one.reason) == (CheckState.FINE, "")
    assert (other.state, other.reason) == (CheckState.ALLOWED, "it is a table")
    assert other.findings == ("it is long",)


def test_a_line_of_checks_json() -> None:
    result = named("news", gate.wrong_if_any(["there is none"], "write one", "read by blurb"))
    assert msgspec.json.encode(result) == (
        b'{"name":"news","state":"wrong","findings":["there is none"],'
        b'"advice":"write one","note":"read by blurb","reason":""}'
    )


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

"""Work crosses processes as values that survive a round trip through JSON."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.values import BASE, CPYTHON, JOB, PYTHON

from harness.model import (
    Answer,
    CandidateName,
    ChangeKind,
    Conclusion,
    Ground,
    Interpreter,
    Isolation,
    Job,
    JobEnd,
    Outcome,
    Patch,
    RequestError,
    Result,
    SpuriousError,
    Stack,
    Status,
    Tree,
    Verdict,
    WorkbenchError,
)

words = st.text(max_size=30)
seconds = st.floats(0, 1e6)
interpreters = st.builds(Interpreter, words, words, words, words, st.booleans())
names = st.builds(CandidateName, words, words)
stacks = st.builds(Stack, st.lists(names, max_size=2).map(tuple))
patches = st.builds(Patch, names, words, words, words)
trees = st.builds(
    Tree,
    base=st.just(BASE.base),
    commit=words,
    tree=words,
    stack=stacks,
    patches=st.lists(patches, max_size=2).map(tuple),
)
jobs = st.builds(
    Job,
    suite=words,
    trees=st.lists(trees, max_size=2).map(tuple),
    python=interpreters,
    labels=st.lists(words, max_size=2).map(tuple),
    select=words,
    attempt=st.integers(1, 2000),
    timeout=seconds,
    test_timeout=seconds,
)
outcomes = st.builds(
    Outcome,
    st.sampled_from(Status),
    seconds,
    words,
    words,
    words,
    waits=st.dictionaries(words, st.lists(seconds, max_size=3).map(tuple), max_size=2),
)
results = st.builds(
    Result,
    ended=st.sampled_from(JobEnd),
    outcomes=st.dictionaries(words, outcomes, max_size=3),
    note=words,
    seconds=seconds,
    log=words,
    isolation=st.sampled_from(Isolation),
    packages=st.dictionaries(words, words, max_size=2),
)


@given(jobs)
def test_a_job_survives(job: Job) -> None:
    again = msgspec.json.decode(msgspec.json.encode(job), type=Job)
    assert again == job
    assert hash(again) == hash(job)


@given(results)
def test_a_result_survives(result: Result) -> None:
    assert msgspec.json.decode(msgspec.json.encode(result), type=Result) == result


def test_a_job_that_an_older_workbench_wrote_is_one_for_all_tests() -> None:
    written = msgspec.json.decode(msgspec.json.encode(JOB))
    del written["only"]
    assert msgspec.json.decode(msgspec.json.encode(written), type=Job) == JOB
    some = msgspec.structs.replace(JOB, only=("a", "b"))
    assert msgspec.json.decode(msgspec.json.encode(some), type=Job) == some


def test_a_value_of_another_shape_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.json.decode(b'{"status": "passed", "colour": "red"}', type=Outcome)
    with pytest.raises(msgspec.ValidationError, match="Invalid enum value"):
        msgspec.json.decode(b'{"status": "perhaps"}', type=Outcome)


def test_a_value_can_not_be_changed() -> None:
    with pytest.raises(AttributeError):
        JOB.attempt = 2  # type: ignore[misc]


def test_a_stack_is_read_once_and_then_a_value() -> None:
    stack = Stack.read("cpython/b+django/a")
    assert stack.upstreams == ("cpython", "django")
    assert str(stack.on("django")) == "django/a"
    assert (str(stack), stack.short) == ("cpython/b+django/a", "b + a")
    assert str(CandidateName.read("nobodys")) == "nobodys"


def test_a_ground_is_named_by_what_stands_on_what() -> None:
    below = msgspec.structs.replace(BASE.base, project=CPYTHON, version="3.13.0")
    ground = Ground((BASE, msgspec.structs.replace(BASE, base=below)), PYTHON)
    assert str(ground) == "django 6.1.3 on cpython 3.13.0"


# What a word means stands on the word: the listed ones, and no others


def test_changes_for_the_worse() -> None:
    assert [kind for kind in ChangeKind if kind.is_worse] == [
        ChangeKind.BROKEN,
        ChangeKind.NEWLY_SKIPPED,
        ChangeKind.VANISHED,
        ChangeKind.NEW_FAILING,
    ]


def test_changes_that_no_report_lists() -> None:
    silent = [kind for kind in ChangeKind if kind.is_silent]
    assert silent == [ChangeKind.UNCHANGED, ChangeKind.STILL_FAILING]
    assert not any(kind.is_worse for kind in silent)


def test_verdicts_that_hold_nothing_against_a_patch() -> None:
    assert [each for each in Verdict if each.is_good] == [Verdict.FIXES, Verdict.NEUTRAL]


def test_answers_that_tell_how_a_state_behaves() -> None:
    told = [Answer.GOOD, Answer.BAD, Answer.NOT_YET]
    assert [each for each in Answer if each.is_sure] == told


def test_a_boundary_is_what_two_conclusions_have() -> None:
    assert [each for each in Conclusion if each.is_boundary] == [Conclusion.FOUND, Conclusion.RANGE]


@pytest.mark.parametrize(
    ("error", "status"), [(RequestError, 2), (WorkbenchError, 3), (SpuriousError, 3)]
)
def test_errors_carry_their_exit_status(error: type[WorkbenchError], status: int) -> None:
    assert error.exit_status == status

"""By what a failure is known again on another commit: the same failure, not any failure.

Owns: the signature of one bad outcome, and when two are the same. May know only ``model``
and how tracebacks are written. Must not know an upstream: whoever asks says which
folders of the tree hold its own code and which its tests.

Between the two commits lies a history that moves functions, rewords messages and changes
line numbers, while the test is carried along and stays as it is. So no single trait is
demanded but the type of the exception, and no single trait is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..model import Outcome, Status, Value
from .codefolders import CodeFolders, Place, Whose
from .tracebacks import Frame, is_of_loader, last_raised, main_thread
from .wording import pattern

RAISED = (Status.FAILED, Status.ERROR)
HELPERS = re.compile(r"(?:^|/)(?:test|tests|testing)/")
OPEN = ("(", "[", "{", ",")
WHOLE_STACK = 40
ALIKE = 0.5


class Signature(Value, frozen=True):
    """By what one bad outcome is known again.

    ``exception`` is the type's own name, and ``message`` the first line that it said: of a
    crash how the process ended. ``own`` is the innermost function of the upstream's own
    code that the test was in. ``statements`` are those of the test's frames, outermost
    first; ``line`` is the number of the innermost one's.

    ``stack``: of a hang, the main thread's functions of the upstream's own code, innermost
    first, or of the test where it was in no other. ``is_loading``: the test itself could
    not be loaded. ``is_whole``: nothing was cut off at the beginning. ``is_by_test``: it was
    raised in the test's own frame, not in what that called.
    """

    kind: Status
    exception: str = ""
    message: str = ""
    own: Place | None = None
    statements: tuple[str, ...] = ()
    line: int = 0
    stack: tuple[Place, ...] = ()
    is_loading: bool = False
    is_whole: bool = True
    is_by_test: bool = False

    @property
    def says(self) -> str:
        """The failure in one line."""
        said = f"{self.exception}: {self.message}" if self.exception else self.message
        return said.rstrip(": ")[:200] or str(self.kind)


def signature_of(outcome: Outcome, code: CodeFolders) -> Signature:
    """The signature of an outcome; of one that is not bad it is nothing but its status."""
    if outcome.status is Status.HUNG:
        return _of_hang(outcome, code)
    if outcome.status is Status.CRASHED:
        return Signature(outcome.status, message=outcome.reason)
    if outcome.status not in RAISED:
        return Signature(outcome.status)
    raised = last_raised(outcome.reason, outcome.detail)
    placed = [(*code.place(frame.path), frame) for frame in raised.frames]
    first = next((n for n, (whose, _, _) in enumerate(placed) if whose is Whose.TEST), 0)
    within = placed[first:]
    tests = [frame for whose, _, frame in within if whose is Whose.TEST]
    own = [
        Place(path, frame.function)
        for whose, path, frame in within
        if whose is Whose.OWN and not (raised.type == "AssertionError" and HELPERS.search(path))
    ]
    return Signature(
        outcome.status,
        raised.type,
        raised.message,
        own[-1] if own else None,
        tuple("\n".join(frame.lines) for frame in tests),
        tests[-1].number if tests else 0,
        is_loading=is_of_loader(outcome.reason, outcome.detail)
        or bool(tests and tests[0].function == "<module>"),
        is_whole=raised.is_whole,
        is_by_test=bool(within) and within[-1][0] is Whose.TEST,
    )


def is_same(bad_end: Signature, other: Signature) -> bool:
    """Whether two outcomes are the same failure.

    Always demanded: the same kind of end (an exception, a hang, a crash), and the same type
    of exception, since an assertion that does not hold is no attribute that is missing.
    Failed and error are one kind: runners draw that line by type or by phase, and the type
    is compared anyway. A test that could not be loaded is like no other failure.

    An exception from the upstream's own code has three traits: the function, the pattern of
    the message, the statement of the test. Two must agree. Not all: functions are split and
    renamed (a thousand commits lie between some culprits and their fixes), messages are reworded,
    and a test that fails in its second statement today may have failed in its first. Not
    one alone: all errors of a database pass through one function, all missing keys have
    one message, and one statement can run into anything. A trait that was cut off or never
    printed is left out, and one of the others is enough.

    An exception from the test itself, above all an assertion, has no such function; what
    it says are the values of the day. The test's statement alone tells it. Helpers for
    tests in the upstream's own code count as the test here.

    A crash is known by its signal or exit status; its output is chance. A hang is known by
    where the main thread was. A loop is caught in any of its functions, so half of a stack
    has to be shared, unless the innermost functions are the same.
    """
    return not difference(bad_end, other)


def matches_any(known: Iterable[Signature], other: Signature) -> bool:
    """Whether it is one of the failures that the bad end is known to have."""
    return any(is_same(each, other) for each in known)


def difference(bad_end: Signature, other: Signature) -> str:
    """In one line what makes two failures different ones; empty if they are the same."""
    if bad_end == other:
        return ""
    if _family(bad_end) is not _family(other):
        return f"{bad_end.kind} there ({bad_end.says}), {other.kind} here ({other.says})"
    if bad_end.is_loading is not other.is_loading:
        side, said = ("here", other.says) if other.is_loading else ("there", bad_end.says)
        return f"the test could not be loaded {side} ({said})"
    if bad_end.kind in RAISED:
        return _other_exception(bad_end, other)
    if bad_end.kind is Status.HUNG:
        return _other_hang(bad_end, other)
    return "" if bad_end.message == other.message else f"{bad_end.says} there, {other.says} here"


def _other_exception(there: Signature, here: Signature) -> str:
    said = f"{there.says!r} there, {here.says!r} here"
    if there.exception != here.exception:
        return f"another exception: {said}"
    return "" if _agree(there, here) else f"elsewhere, or another message: {said}"


def _family(signature: Signature) -> Status:
    return Status.ERROR if signature.kind in RAISED else signature.kind


def _agree(there: Signature, here: Signature) -> bool:
    """Whether the traits of two exceptions of one type agree."""
    message = pattern(there.message) == pattern(here.message)
    function = there.own is not None and here.own is not None and there.own.is_same(here.own)
    if there.is_loading:
        return message
    statement = _same_statement(there, here, message)
    if statement is None:
        return message or function
    if there.own is None and here.own is None:
        return statement
    return message + function + statement >= 2


def _same_statement(there: Signature, here: Signature, message: bool) -> bool | None:
    """Whether the test was at the same place; None where nobody knows.

    Its outermost and its innermost frame tell: a helper is called from many places, and
    a test calls many helpers. Where no more of a statement is known than that it calls
    ``self.assertEqual(`` its line or its message has to be the same as well.
    """
    if not all(any(each.statements) for each in (there, here)):
        return None
    pairs = [(there.statements[-1], here.statements[-1])]
    if there.is_whole and here.is_whole:
        pairs.append((there.statements[0], here.statements[0]))
    is_vague = any(each.statements[-1].endswith(OPEN) for each in (there, here))
    if is_vague and there.line != here.line and not message:
        return False
    return all(_is_one(*pair) for pair in pairs)


def _is_one(one: str, other: str) -> bool:
    """Before Python 3.13 a traceback shows only the first line of a statement."""
    first, second = one.split("\n"), other.split("\n")
    shorter = min(len(first), len(second))
    return first[:1] == second[:1] if shorter == 1 else first == second


def _of_hang(outcome: Outcome, code: CodeFolders) -> Signature:
    placed = [(*code.place(frame.path), frame) for frame in main_thread(outcome.detail)]
    last = max((n for n, (whose, _, _) in enumerate(placed) if whose is Whose.TEST), default=None)
    within: Sequence[tuple[Whose, str, Frame]] = placed if last is None else placed[: last + 1]
    own, tests = (
        tuple(Place(path, frame.function) for is_whose, path, frame in within if is_whose is whose)
        for whose in (Whose.OWN, Whose.TEST)
    )
    # The test is in every stack, and says nothing where there is more.
    return Signature(
        outcome.status, message=outcome.reason, stack=own[:WHOLE_STACK] or tests[:WHOLE_STACK]
    )


def _other_hang(there: Signature, here: Signature) -> str:
    if not there.stack or not here.stack:
        # The whole run was over its deadline: where it was is not known.
        return ""
    if there.stack[0].is_same(here.stack[0]):
        return ""
    shared = sum(any(place.is_same(each) for each in here.stack) for place in there.stack)
    back = sum(any(place.is_same(each) for each in there.stack) for place in here.stack)
    if min(shared, back) >= ALIKE * min(len(there.stack), len(here.stack)):
        return ""
    return f"hung in {there.stack[0].function} there, in {here.stack[0].function} here"

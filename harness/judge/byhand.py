"""What the runs mean where the patch itself removed, renamed, turned off or weakened a test.

Owns: which change of a test is whose doing. Pure. Must not know how the edits were told
from a patch (``testedits``), nor how an upstream forms the ids of its tests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

import msgspec

from ..model import Change, ChangeKind, Result, Status, Value
from .redgreen import BY_ITSELF
from .testedits import TestEdit

GONE = (ChangeKind.VANISHED, ChangeKind.REMOVED)
OFF = (ChangeKind.NEWLY_SKIPPED, ChangeKind.TURNED_OFF)
# Where the text says one of these, a test that went missing or is skipped was meant to.
MEANT: Mapping[ChangeKind, tuple[ChangeKind, ...]] = {
    **dict.fromkeys(GONE, (ChangeKind.REMOVED, ChangeKind.RENAMED, ChangeKind.TURNED_OFF)),
    **dict.fromkeys(OFF, (ChangeKind.TURNED_OFF,)),
}


class EditedTest(Value, frozen=True):
    """One edit with the ids that it is about: a pattern of them, and that of a new name."""

    __test__ = False  # pytest, for its name

    edit: TestEdit
    pattern: str
    to: str = ""

    def is_of(self, test: str) -> bool:
        """Whether the edit is of the test with that id; parameters are no part of a name."""
        name = self.pattern.removesuffix("*")
        return test == name or test.startswith(f"{name}[")

    @property
    def place(self) -> str:
        """``tests/servers/tests.py:12``."""
        return f"{self.edit.path}:{self.edit.line}"


def explained(
    changes: Iterable[Change], edits: Sequence[EditedTest], unimportable: Mapping[str, str]
) -> list[Change]:
    """``changes`` of a project's own tests, with whose doing they are, and where.

    ``unimportable`` are patterns of the ids of tests whose modules can not be imported, with
    the error: nobody took these away by hand, whatever the red tree says.
    """
    found = [_explained(change, edits, unimportable) for change in changes]
    was = {change.renamed_to: change.test for change in found if change.renamed_to}
    return [
        msgspec.structs.replace(change, reason=f"it was {was[change.test]}")
        if change.kind is ChangeKind.NEW and change.test in was
        else change
        for change in found
    ]


def weakened(
    suite: str,
    changes: Sequence[Change],
    edits: Iterable[EditedTest],
    base: Sequence[Result],
    patched: Sequence[Result],
) -> Iterator[Change]:
    """A change for each test that passes on both sides, and asserts less than it did."""
    told = {change.test for change in changes}
    for edited in edits:
        if edited.edit.kind is not ChangeKind.WEAKENED:
            continue
        for test in sorted({name for result in base for name in result.outcomes} - told):
            before, after = _runs(base, test), _runs(patched, test)
            if edited.is_of(test) and before.keys() == after.keys() == {Status.PASSED.value}:
                yield Change(
                    suite=suite,
                    test=test,
                    base=Status.PASSED,
                    patched=Status.PASSED,
                    kind=ChangeKind.WEAKENED,
                    confirmed=True,
                    base_runs=before,
                    patched_runs=after,
                    reason=_lost(edited.edit),
                    place=edited.place,
                )


def _explained(
    change: Change, edits: Sequence[EditedTest], unimportable: Mapping[str, str]
) -> Change:
    if change.kind in (*GONE, ChangeKind.UNKNOWN):
        for pattern, error in unimportable.items():
            if fnmatchcase(change.test, pattern):
                reason = f"its module can not be imported: {error}"
                kind = ChangeKind.VANISHED if change.kind in GONE else change.kind
                return msgspec.structs.replace(change, kind=kind, reason=reason)
    meant = [each for each in edits if each.edit.kind in MEANT.get(change.kind, ())]
    mine = [each for each in meant if each.is_of(change.test)]
    if not mine and change.kind in (ChangeKind.REMOVED, ChangeKind.TURNED_OFF):
        # It stands in a class from which the test's own one has it.
        mine = [each for each in meant if _is_named(change.test, each.edit.names[-1])]
        mine = mine if len(mine) == 1 else []
        mine = [msgspec.structs.replace(each, to="") for each in mine]
    if not mine:
        return change
    edited = mine[0]
    kind = edited.edit.kind
    if kind is ChangeKind.RENAMED and not edited.to:
        kind = ChangeKind.REMOVED
    return msgspec.structs.replace(
        change,
        kind=kind,
        reason=BY_ITSELF,
        place=edited.place,
        renamed_to=edited.to if kind is ChangeKind.RENAMED else "",
    )


def _is_named(test: str, name: str) -> bool:
    return test.endswith((f".{name}", f"::{name}")) or f"::{name}[" in test


def _runs(results: Sequence[Result], test: str) -> dict[str, int]:
    outcomes = (result.outcomes.get(test) for result in results)
    return dict(Counter(o.status.value if o else Status.ABSENT.value for o in outcomes))


def _lost(edit: TestEdit) -> str:
    return f"the patch takes {edit.lost} of its {edit.checks} assertions away"

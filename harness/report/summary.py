"""The sentences and cells that every rendering of a report shares. Pure.

Owns: wording. Must not know terminals or Markdown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..model import (
    ApplyResult,
    Cell,
    Change,
    ChangeKind,
    Conflict,
    FileReach,
    Judgement,
    Matrix,
    Pair,
    Reach,
    Stack,
    Swap,
    Verdict,
    Wait,
)
from ..system.digests import digest

LONGEST_ID, DIGITS = 200, 10
MOST_GUARDS = 5
SHORT = 0.1  # seconds, below which they are told as milliseconds

MEANING: Mapping[Verdict, str] = {
    Verdict.BREAKS: "breaks tests that pass on the base",
    Verdict.FIXES: "fixes tests and breaks none",
    Verdict.NEUTRAL: "changes no test's outcome",
    Verdict.UNPROVEN: "shows changes that repeats did not confirm",
    Verdict.INCONCLUSIVE: "could not be judged: something did not run",
    Verdict.DOES_NOT_APPLY: "does not apply to the base",
}
NOT_REACHED = "changes no test's outcome, and no test runs all that it changes: not reached"
APPLIES: Mapping[ApplyResult, str] = {
    how: "3-way" if how is ApplyResult.THREE_WAY else how.value for how in ApplyResult
}

ROUNDING = 1e-9  # what a share may lack of a whole percent for being a binary fraction


def meaning(judged: Judgement) -> str:
    """What the verdict says, for the end of a sentence that starts with ``it``."""
    text = MEANING[judged.verdict]
    if judged.verdict is Verdict.UNPROVEN and judged.reach and not _decides(judged.changes):
        text = NOT_REACHED
    if judged.verdict.is_good and count_by_design(judged):
        text = f"{text}, but for those that change by design"
    waits = [
        _waits(judged, kind, how)
        for kind, how in ((ChangeKind.SLOWER, "longer"), (ChangeKind.FASTER, "shorter"))
        if count_waits(judged, kind)
    ]
    return f"{text}, and makes {' and '.join(waits)}" if waits else text


def _decides(changes: Sequence[Change]) -> bool:
    """Whether any of them may decide a verdict: a wait does not, nor what is noise already."""
    return not all(change.wait or change.unsteady for change in changes)


def _waits(judged: Judgement, kind: ChangeKind, how: str) -> str:
    """``3 waits longer (by up to 0.50 s)``: what it costs or saves, by design or not."""
    steps = [abs(wait.patched - wait.base) for wait in _waits_of(judged, kind)]
    return f"{_number(len(steps), 'wait')} {how} (by up to {seconds(max(steps))})"


def count_waits(judged: Judgement, kind: ChangeKind) -> int:
    """How many measured waits are proved to be ``slower`` or ``faster``."""
    return len(_waits_of(judged, kind))


def _waits_of(judged: Judgement, kind: ChangeKind) -> list[Wait]:
    changes = [change for change in judged.changes if change.kind is kind and change.confirmed]
    return [change.wait for change in changes if change.wait]


def seconds(*each: float) -> str:
    """``0.00 s → 0.50 s``, or where all is short ``0.5 ms → 43.9 ms``."""
    if max(each) < SHORT:
        return " → ".join(f"{one * 1000:.1f} ms" for one in each)
    return " → ".join(f"{one:.2f} s" for one in each)


def reach_lines(judged: Judgement) -> list[str]:
    """What is known of the changed code that tests ran, a line for each thing to say."""
    found = judged.reach
    if found is None:
        return []
    total = sum(file.statements for file in found.files)
    missed = [file for file in found.files if file.unreached]
    said = [
        f"{file.path}: {file.why}, so whether a test runs it is not known"
        for file in found.files
        if file.why
    ]
    for file in missed:
        said.append(f"{lines_of(file)}: {_nobody(found)}")
    if not total:
        return said or ["reach: no line that is executed is changed"]
    tests = {test for file in found.files for test in file.tests}
    at_import = sum(file.at_import for file in found.files)
    if missed:
        head = f"reach: not all of {total} changed statements were run"
    else:
        head = f"reach: {'all ' if total > 1 else ''}{_number(total, 'changed statement')} run"
    by = f" by {_number(len(tests), 'test')} of those watched" if tests else ""
    outside = f", {at_import} of them at import only" if at_import else ""
    return [f"{head}{by}{outside}", *said]


class SwapTable(NamedTuple):
    """Whose tests pass on whose code, on one ground: a row of cells for each owner of tests."""

    ground: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def swap_tables(swaps: Sequence[Swap]) -> list[SwapTable]:
    """The swaps as tables, one for each ground; a dot where nothing was tried."""
    tables = []
    for ground in dict.fromkeys(each.ground for each in swaps):
        here = {(each.tests_of, each.candidate): each for each in swaps if each.ground == ground}
        owners = list(dict.fromkeys(owner for owner, _ in here))
        others = list(dict.fromkeys(other for _, other in here))
        rows = tuple(
            (owner.short, *(_swap_cell(here.get((owner, other))) for other in others))
            for owner in owners
        )
        tables.append(SwapTable(ground, tuple(other.short for other in others), rows))
    return tables


def _swap_cell(swap: Swap | None) -> str:
    if swap is None:
        return "."
    if swap.why:
        return "unfit"
    if not swap.failed:
        return "all"
    return f"{len(swap.tests) - len(swap.failed)}/{len(swap.tests)}"


def pair_line(pair: Pair) -> str:
    """What two candidates on two upstreams do to each other, in one sentence."""
    head = f"{pair.stack} on {pair.ground}"
    if pair.why:
        return f"{head}: could not be tried together: {pair.why}"
    number = len({each.test for each in pair.conflicts})
    if not number:
        return f"{head}: none of {_number(pair.tests, 'test')} is worse than with its halves alone"
    return f"{head}: {_number(number, 'test')} worse than its halves let expect"


def conflict_line(conflict: Conflict) -> str:
    """``test_x: failed with both; absent on the base, alone passed and absent: REASON``."""
    name = test_name(conflict.test)
    if conflict.wait:
        base, *alone, both = map(seconds, conflict.seconds)
        name = f"{name}: {conflict.wait}"
    else:
        base, *alone, both = conflict.base, *conflict.halves, conflict.both
    said = f"{both} with both; {base} on the base, alone {' and '.join(alone)}"
    return f"{name}: {said}" + (f": {one_line(conflict.reason)}" if conflict.reason else "")


def lines_of(file: FileReach) -> str:
    """``lines 410-417, line 420 of a/b.py``: what no test ran."""
    return f"{unreached(file)} of {file.path}"


def unreached(file: FileReach) -> str:
    """``lines 410-417, line 420``."""
    return ", ".join(_lines(*each) for each in file.unreached)


def _nobody(found: Reach) -> str:
    if found.whole:
        return "no test of the whole suite reaches them"
    where = f"; looked through {found.searched}" if found.searched else "; --budget looks further"
    return f"no test that was run reaches them{where}"


def _lines(first: int, last: int) -> str:
    return f"line {first}" if first == last else f"lines {first}-{last}"


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def count_worse(judged: Judgement) -> int:
    """How many unexpected changes for the worse are confirmed."""
    return sum(c.kind.is_worse and c.confirmed and not c.expected for c in judged.changes)


def count_of(judged: Judgement, *kinds: ChangeKind) -> int:
    """How many unexpected changes of these kinds there are."""
    return sum(c.kind in kinds and not c.expected for c in judged.changes)


def count_slower(judged: Judgement) -> int:
    """How many tests and waits are unexpectedly proved to take longer."""
    kind = ChangeKind.SLOWER
    return sum(c.kind is kind and c.confirmed and not c.expected for c in judged.changes)


def count_by_design(judged: Judgement) -> int:
    """How many tests flipped by design."""
    return sum(c.expected for c in judged.changes)


def run_counts(counts: Mapping[str, int]) -> str:
    """``passed 3`` or ``failed 1, passed 2``."""
    return ", ".join(f"{status} {number}" for status, number in counts.items())


def step(change: Change) -> str:
    """``passed 3 → error 3``: what the base did, and what the patched tree did.

    ``0.00 s → 0.50 s`` where that is how long they took for something."""
    if change.wait:
        return seconds(change.wait.base, change.wait.patched)
    return f"{run_counts(change.base_runs)} → {run_counts(change.patched_runs)}"


def shared_reason(group: str, changes: Sequence[Change]) -> str:
    """The reason that all changes of a group give, if it says more than the group's name."""
    reasons = {change.reason for change in changes}
    return reasons.pop() if len(reasons) == 1 and group not in reasons else ""


def one_line(text: str) -> str:
    """Text from outside, as one line that can steer neither a terminal nor a reader of lines."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def test_name(test: str) -> str:
    """A test's id as it is shown, in one line; JSON has it whole.

    An id with parameters can have thousands of characters: such a one is cut, and ends
    with a digest that tells it from others with the same beginning.
    """
    name = one_line(test)
    if len(name) <= LONGEST_ID:
        return name
    return f"{name[: LONGEST_ID - DIGITS - 2]}…#{digest(test)[:DIGITS]}"


def kind_of_change(change: Change) -> str:
    """``broken``, or ``renamed to servers.tests.Test.test_new, tests/servers/tests.py:12``."""
    to = f" to {test_name(change.renamed_to)}" if change.renamed_to else ""
    place = f", {one_line(change.place)}" if change.place else ""
    sure = "" if change.confirmed else ", not confirmed"
    return f"{change.kind}{to}{place}{sure}"


def proof_line(judged: Judgement) -> str:
    """What the patch's own tests prove, in one sentence; empty if none of them ran."""
    proof = judged.proof
    said = []
    if proof.red or proof.guards:
        said.append(f"{len(proof.red)} of its own tests prove it: they fail without its code")
    for tests, what in (
        (proof.guards, "pass there as well and prove nothing"),
        (proof.unloaded, "pass, and can not be loaded without its code, which proves nothing"),
    ):
        more = f" and {len(tests) - MOST_GUARDS} more" if len(tests) > MOST_GUARDS else ""
        if tests:
            said.append(
                f"{len(tests)} {what}: {', '.join(map(test_name, tests[:MOST_GUARDS]))}{more}"
            )
    return "; ".join(said)


def cell_text(cell: Cell) -> str:
    """``all``, ``3/5`` or ``3/5 2h`` (two hung); a dot where nothing was tried."""
    if cell.tests == 0:
        return "."
    text = "all" if cell.passed == cell.tests else f"{cell.passed}/{cell.tests}"
    return f"{text} {cell.hung}h" if cell.hung else text


def sum_of(cells: Sequence[Cell]) -> Cell:
    """Several cells as one."""
    return Cell(
        passed=sum(cell.passed for cell in cells),
        tests=sum(cell.tests for cell in cells),
        hung=sum(cell.hung for cell in cells),
    )


def layers_title(found: Matrix) -> str:
    """What stands over the table that tells which layer suffices."""
    _, upper, lower, _ = found.columns
    return f"Which layer suffices, {found.ground}: {upper} and {lower}"


def short_columns(found: Matrix) -> list[str]:
    """What stands over the columns that are trees: the candidates' own names."""
    own = found.columns[: len(found.columns) - len(found.control)]
    # A report that an older workbench wrote has no stacks.
    stacks = found.stacks or [Stack()] * len(own)
    return [stack.short or name for name, stack in zip(own, stacks, strict=True)]


def sufficient_layer(cells: Sequence[Cell], names: Sequence[str]) -> str:
    """The least that passes as many tests as any: ``either``, one layer, or ``both``.

    The cells are those of a table of layers, ``names`` its ``layer_names``. A dot: no
    layer passes more than the base. ``alone`` is said where the other layer undoes some
    of it.
    """
    neither, upper, lower, both = (cell.passed for cell in cells)
    best = max(neither, upper, lower, both)
    if neither == best:
        return "."
    _, upper_name, lower_name, both_names = names
    least = {(True, True): "either", (True, False): upper_name, (False, True): lower_name}
    text = least.get((upper == best, lower == best), both_names)
    return text if both == best else f"{text} alone"


def noise_floor(controls: tuple[Judgement, ...]) -> str:
    """The noise floor in one sentence."""
    if not controls:
        return "No base-against-base control was run."
    if any(control.notes or control.verdict is Verdict.INCONCLUSIVE for control in controls):
        return "The control, base against base, did not run whole: how much is noise is not known."
    noisy = sum(len(control.changes) for control in controls)
    tests = sum(control.tests for control in controls)
    if noisy == 0:
        return f"Control, base against base: {tests} tests, no change."
    return f"Control, base against base: {tests} tests, {noisy} changed: that is noise."


PARTIAL = "This report is partial: the run was stopped. The notes name what was not judged."


def verdict_line(judged: Judgement) -> str:
    """``django/x on django 6.1.3: breaks (2 broken, 7 fixed of 430 tests)``, in one line."""
    head = f"{judged.name} on {judged.base}"
    if judged.control:
        return f"{head}: {noise_floor((judged,))}"
    counts = [
        f"{number} {kind}"
        for number, kind in (
            (count_worse(judged), ChangeKind.BROKEN),
            (count_of(judged, ChangeKind.FIXED), ChangeKind.FIXED),
            (count_of(judged, ChangeKind.FLAKY), ChangeKind.FLAKY),
            (count_slower(judged), ChangeKind.SLOWER),
        )
        if number
    ]
    if judged.verdict is Verdict.INCONCLUSIVE:
        return f"{head}: {judged.verdict}, {MEANING[judged.verdict]}"
    tests = _number(judged.tests, "test")
    what = f"{', '.join(counts)} of {tests}" if counts else f"{tests}, no change"
    return f"{head}: {judged.verdict} ({what})"


def power(judged: Sequence[Judgement]) -> str:
    """What the runs would have noticed in one sentence; empty if nothing was judged."""
    known = [each.power for each in judged if each.power and each.power.runs]
    if not known:
        return ""
    least = min(known, key=lambda each: each.noticed)
    runs = "1 run" if least.runs == 1 else f"{least.runs} runs"
    return (
        f"A test that fails in {least.rate:.0%} of its runs with the patch would have been "
        f"noticed with {math.floor(least.noticed * 100 + ROUNDING)} % ({runs} of each part)."
    ).replace("%", " %", 1)


def percent(share: float) -> str:
    """A confidence as a percentage, never rounded up to certainty."""
    return f"{math.floor(share * 10000) / 100 - (0.01 if share >= 1 else 0):.2f} %"

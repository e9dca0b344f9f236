"""The sentence on a verdict, its numbers, and how much is noise. Pure.

Owns: that wording, and the door to its neighbours': who renders a report finds every sentence
and cell here. Must not know terminals or Markdown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ..model import ApplyResult, Change, ChangeKind, Judgement, Verdict, Wait
from .cells import cell_text, layers_title, short_columns, sufficient_layer, sum_of
from .phrases import (
    LONGEST_ID,
    kind_of_change,
    number_of,
    one_line,
    percent,
    run_counts,
    seconds,
    shared_reason,
    step,
    test_name,
)
from .reaching import lines_of, proof_line, reach_lines, reach_sentence, unreached
from .together import (
    SwapTable,
    conflict_line,
    pair_line,
    quiet_pairs_line,
    swap_lines,
    swap_tables,
)

__all__ = [
    "APPLIES",
    "LONGEST_ID",
    "MEANING",
    "NOT_REACHED",
    "PARTIAL",
    "SwapTable",
    "cell_text",
    "conflict_line",
    "count_by_design",
    "count_of",
    "count_slower",
    "count_waits",
    "count_worse",
    "kind_of_change",
    "layers_title",
    "lines_of",
    "meaning",
    "noise_floor",
    "one_line",
    "pair_line",
    "percent",
    "power",
    "proof_line",
    "quiet_pairs_line",
    "reach_lines",
    "reach_sentence",
    "run_counts",
    "seconds",
    "shared_reason",
    "short_columns",
    "step",
    "sufficient_layer",
    "sum_of",
    "swap_lines",
    "swap_tables",
    "test_name",
    "unreached",
    "verdict_line",
]


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
PARTIAL = "This report is partial: the run was stopped. The notes name what was not judged."
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
    tests = number_of(judged.tests, "test")
    what = f"{', '.join(counts)} of {tests}" if counts else f"{tests}, no change"
    return f"{head}: {judged.verdict} ({what})"


def count_waits(judged: Judgement, kind: ChangeKind) -> int:
    """How many measured waits are proved to be ``slower`` or ``faster``."""
    return len(_waits_of(judged, kind))


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


def _decides(changes: Sequence[Change]) -> bool:
    """Whether any of them may decide a verdict: a wait does not, nor what is noise already."""
    return not all(change.wait or change.unsteady for change in changes)


def _waits(judged: Judgement, kind: ChangeKind, how: str) -> str:
    """``3 waits longer (by up to 0.50 s)``: what it costs or saves, by design or not."""
    steps = [abs(wait.patched - wait.base) for wait in _waits_of(judged, kind)]
    return f"{number_of(len(steps), 'wait')} {how} (by up to {seconds(max(steps))})"


def _waits_of(judged: Judgement, kind: ChangeKind) -> list[Wait]:
    changes = [change for change in judged.changes if change.kind is kind and change.confirmed]
    return [change.wait for change in changes if change.wait]

"""A report on the terminal: what a reviewer asks first, in the width that there is.

Owns: the order of what is told, and its tables. It is an extract: what it leaves out it counts,
and ``whole`` prints it. Must not know how anything was found out.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from ..model import ApplyResult, ChangeKind, Impact, Judgement, Pair, Swap, Verdict
from . import candidates, grids, impacts, summary, tables, wiretables
from .fitting import COLOURS, SIGNS, Part, put
from .groups import first_of_its_like
from .recommendation import recommendations
from .schema import Report
from .tables import Column, Gives, numbers

MOST_CONFLICTS, MOST_NOISE = 3, 5
FEW, MOST_OF_FEW = 3, 12
DESIGN = "design"
FILES = (
    "This is an extract; … stands for what was cut. All of it: `report -- --all`, "
    "`report.md`, `report.html`."
)


def show(report: Report, console: Console, whole: bool = False) -> None:
    """Print a report; all of it if it is to be the ``whole``."""
    if report.made.partial:
        put(console, (summary.PARTIAL, "yellow"))
    if report.grid:
        grids.show(report, console)
    for impact in report.impacts:
        _impact(impact, console)
    if report.impacts and not whole:
        _candidates([c for c in report.candidates if c.verdict is Verdict.BREAKS], console, whole)
        console.print()
    elif whole or not report.grid:
        _verdicts(report, console, whole)
    _noise(report.controls, console, whole)
    if power := summary.power(report.candidates):
        put(console, power)
    for note in (*report.hints, *report.notes, *filter(None, [report.made.hint])):
        put(console, ("note", "yellow"), f": {note}")
    if not whole:
        put(console, (FILES, "dim"))


def _verdicts(report: Report, console: Console, whole: bool) -> None:
    """What was found out, base by base; of a grid that is too much for an extract."""
    _recommendations(report.candidates, console)
    for base in dict.fromkeys(judged.base for judged in report.candidates):
        _overview(base, [each for each in report.candidates if each.base == base], console)
    _wire(report, console, whole)
    _swaps(report.swaps, console)
    _pairs(report.pairs, console, whole)
    _candidates(report.candidates, console, whole)
    console.print()


def _impact(impact: Impact, console: Console) -> None:
    """The projects that stand on a patched interpreter, and what is told of each."""
    put(console, (impacts.sentence(impact), f"bold {COLOURS[impact.verdict]}"), hang=0)
    console.print()
    gives = {"imports": Gives.WRAPS}
    columns = [
        Column(head, right=head in impacts.NUMBERS, gives=gives.get(head, Gives.NOT))
        for head in ("", *impacts.HEADS)
    ]
    table: list[list[Part]] = []
    for sign, colour, cells in impacts.rows(impact):
        state = impacts.HEADS.index("state")
        parts: list[Part] = [*cells]
        parts[state] = (cells[state], colour)
        table.append([(sign, colour), *parts])
    if table:
        tables.show(console, impacts.title(impact), columns, table, keys=2)
    for line in impacts.details(impact):
        put(console, line)
    console.print()


def _recommendations(found: Sequence[Judgement], console: Console) -> None:
    said = recommendations(found)
    if said:
        put(console, ("Which patch to merge, as far as these tests see", "bold"))
        for paragraph in said:
            put(console, paragraph)
        console.print()


def _wire(report: Report, console: Console, whole: bool) -> None:
    if report.matrices and not whole:
        put(console, (wiretables.legend(report.matrices), "dim"), hang=0)
        console.print()
    for matrix in report.matrices:
        (wiretables.show_all if whole else wiretables.show)(matrix, console)
    # One says which layer is enough; of a dozen nobody reads the first.
    for table in report.layers if whole or len(report.layers) == 1 else ():
        wiretables.show_layers(table, console)


def _candidates(found: Sequence[Judgement], console: Console, whole: bool) -> None:
    """An extract of each, unless they are few: who judges a patch of his own wants to see it."""
    like = first_of_its_like(found)
    for place, judged in enumerate(found):
        if judged.changes or judged.problems or judged.notes or judged.reach:
            if whole or len(found) <= FEW:
                candidates.show_in_full(judged, console, None if whole else MOST_OF_FEW)
            else:
                candidates.show(judged, console, like.get(place))


def _overview(base: str, found: Sequence[Judgement], console: Console) -> None:
    """A row for each candidate; what none of them has takes no column."""
    counted: dict[str, list[int]] = {
        ChangeKind.BROKEN: [summary.count_worse(each) for each in found],
        ChangeKind.FIXED: [summary.count_of(each, ChangeKind.FIXED) for each in found],
        ChangeKind.FLAKY: [summary.count_of(each, ChangeKind.FLAKY) for each in found],
        ChangeKind.SLOWER: [summary.count_slower(each) for each in found],
        DESIGN: [summary.count_by_design(each) for each in found],
    }
    shown = [kind for kind, numbers_ in counted.items() if any(numbers_)]
    applied = any(judged.applies is not ApplyResult.CLEAN for judged in found)
    columns = [Column(""), Column("candidate", gives=Gives.CUT), Column("verdict")]
    columns += [Column("applies")] * applied + numbers(*shown)
    rows: list[list[Part]] = []
    for place, judged in enumerate(found):
        colour = COLOURS[judged.verdict]
        cells: list[Part] = [(SIGNS[judged.verdict], colour), judged.name]
        cells += [(judged.verdict, colour), *[summary.APPLIES[judged.applies]] * applied]
        rows.append([*cells, *(str(counted[kind][place] or ".") for kind in shown)])
    tables.show(console, f"On {base}", columns, rows, keys=3)


def _swaps(swaps: Sequence[Swap], console: Console) -> None:
    """Whose tests pass on whose code: a line for each owner of tests."""
    lines = summary.swap_lines(swaps)
    if lines:
        put(console, ("Tests that prove one candidate, on the code of the others", "bold"))
        for line in lines:
            put(console, line)
        console.print()


def _pairs(pairs: Sequence[Pair], console: Console, whole: bool) -> None:
    quiet = [pair for pair in pairs if not (pair.conflicts or pair.why)]
    for pair in pairs if whole else [pair for pair in pairs if pair not in quiet]:
        put(console, (summary.pair_line(pair), "red" if pair.conflicts else ""))
        shown = pair.conflicts if whole else pair.conflicts[:MOST_CONFLICTS]
        for conflict in shown:
            put(console, (summary.conflict_line(conflict), "red"), indent=2)
        if len(pair.conflicts) > len(shown):
            more = len(pair.conflicts) - len(shown)
            put(console, f"… and {more} more; {candidates.WHOLE}", indent=2)
    if quiet and not whole:
        put(console, summary.quiet_pairs_line(quiet))


def _noise(controls: tuple[Judgement, ...], console: Console, whole: bool) -> None:
    put(console, summary.noise_floor(controls))
    changes = [change for control in controls for change in control.changes]
    for change in changes if whole else changes[:MOST_NOISE]:
        put(console, f"{summary.test_name(change.test)}: {summary.step(change)}", indent=2)
    if not whole and len(changes) > MOST_NOISE:
        put(console, f"… and {len(changes) - MOST_NOISE} more; {candidates.WHOLE}", indent=2)

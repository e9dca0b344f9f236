"""One search, as a plot of its probes and as rows of a table.

Owns: what is drawn where. Must not know a page, nor how a search goes. The rows have
everything that the plot has.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from markupsafe import Markup

from ...judge import probes
from ...judge.probes import Probe, Search
from ...model import Conclusion
from .. import searches, summary
from . import svg
from .charts import Axis, Chart, Mark, Span, Tick
from .page import anchor
from .signs import ANSWERS, Sign

MOST_DRAWN = 150  # probes; the rows of the table go on
MOST_ROWS = 1000
ROW, FRAME = 26, 84  # units of height: a probe, and the axes
TICKS = 8
LEGEND = tuple(ANSWERS.values())
WORDS: dict[Conclusion, str] = {
    Conclusion.FOUND: "found",
    Conclusion.RANGE: "found between states that can not be tried",
    Conclusion.SAME: "both ends behave alike",
    Conclusion.SWAPPED: "the ends are the other way round",
    Conclusion.UNTESTABLE: "an end can not be tried",
    Conclusion.FLAKY: "an end does not do the same every time",
}


class ProbeRow(NamedTuple):
    """A probe as a row: its place in the page, its sign, what is left after it.

    ``log`` leads to the output of its run, from the folder that the page is in.
    """

    id: str
    number: int
    probe: Probe
    sign: Sign
    left: str
    log: str


class SearchView(NamedTuple):
    """A search as a page shows it. ``cut`` is how many rows there is no room for."""

    id: str
    search: Search
    plot: Markup
    rows: list[ProbeRow]
    cut: int
    outcome: str
    confidence: str


def view_of(search: Search, home: Path, folder: Path) -> SearchView:
    """The view of a search, for a page in ``folder``; logs are relative to ``home``."""
    shown = search.probes[:MOST_ROWS]
    left = probes.bands(msgspec.structs.replace(search, probes=shown))
    rows = [
        ProbeRow(
            id=anchor("probe", search.test, probe.label, str(probe.attempt), str(number)),
            number=number,
            probe=probe,
            sign=ANSWERS[probe.answer],
            left=_left(band),
            log=_link(home / probe.log, folder) if probe.log else "",
        )
        for number, (probe, band) in enumerate(zip(shown, left, strict=True), 1)
    ]
    return SearchView(
        id=anchor("search", search.test, search.labels[0], search.labels[-1]),
        search=search,
        plot=_plot(search, left),
        rows=rows,
        cut=len(search.probes) - len(rows),
        outcome=outcome(search),
        confidence=searches.confidence(search.finding),
    )


def outcome(search: Search) -> str:
    """What the search came to, as a sentence without its end."""
    found = search.finding
    if not found.conclusion.is_boundary:
        return WORDS[found.conclusion]
    before, after = (search.labels[state] for state in (found.before, found.after))
    if found.conclusion is Conclusion.FOUND:
        return f"changes with {after}, and not with {before} in front of it"
    return f"changes after {before}, with {after} or one of {found.after - found.before - 1} before"


def _left(band: tuple[int, int]) -> str:
    """How many states may still be the one, and which they are."""
    before, after = band
    return f"{after - before:,}: {before + 1} to {after}" if after - before > 1 else f"1: {after}"


def _link(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def _plot(search: Search, left: Sequence[tuple[int, int]]) -> Markup:
    drawn = search.probes[:MOST_DRAWN]
    last = search.rules.size - 1
    found = search.finding
    known = found.conclusion.is_boundary
    marks = [
        Mark(probe.state, number, *_mark(probe, number)) for number, probe in enumerate(drawn, 1)
    ]
    spans = [
        Span(number, before, after, "plain")
        for number, (before, after) in enumerate(left[:MOST_DRAWN], 1)
    ]
    ends = (found.before, found.after) if known else ()
    return svg.draw(
        Chart(
            id=anchor("plot", search.test, search.labels[0]),
            title=f"The probes of the search for {summary.test_name(search.test)}",
            describes=" ".join(_described(search, drawn)),
            x=Axis(
                "position in the history, oldest first"
                + (f"; the broken line: {found.after}, with which it changes" if known else ""),
                [Tick(f"{each:,}", each) for each in _ticks(last, ends[1:])],
                (-last * 0.02, last * 1.02),
                ends[1:],
            ),
            y=Axis(
                "",
                [Tick(_name(probe, number), number) for number, probe in enumerate(drawn, 1)],
                (0.4, len(drawn) + 0.6),
            ),
            height=FRAME + ROW * len(drawn),
            marks=marks,
            spans=spans,
        )
    )


def _mark(probe: Probe, number: int) -> tuple[str, str, str]:
    sign = ANSWERS[probe.answer]
    return sign.sign, sign.tone, f"{number}. {probe.label}: {sign.word}"


def _name(probe: Probe, number: int) -> str:
    return f"{number}  {probe.label.split()[0][:10]}" if probe.label.split() else str(number)


def _ticks(last: int, emphasized: Sequence[int]) -> list[int]:
    """Round positions, but for those that would stand on an emphasized one."""
    size = 10 ** (len(str(max(1, last // TICKS))) - 1)
    step = next(times * size for times in (1, 2, 5, 10) if times * size * TICKS >= last)
    near = last / (TICKS * 2)
    round_ones = [
        at
        for at in range(0, last + 1, step)
        if all(abs(at - other) > near for other in (*emphasized, last) if at != other)
    ]
    ends = [last] if all(abs(last - other) > near for other in emphasized) else []
    return sorted({*round_ones, *ends, *emphasized})


def _described(search: Search, drawn: Sequence[Probe]) -> Iterator[str]:
    yield f"{len(search.probes)} probes of {search.rules.size:,} states."
    if len(drawn) < len(search.probes):
        yield f"Only the first {len(drawn)} are drawn."
    counted = [(sign.word, sum(p.answer is a for p in drawn)) for a, sign in ANSWERS.items()]
    yield f"{', '.join(f'{count} {word}' for word, count in counted if count)}."
    yield f"Outcome: {outcome(search)}. The table below has every probe."

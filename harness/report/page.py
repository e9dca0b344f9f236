"""A report as a page for a ticket or a pull request, in whatever language that is written.

Owns: what stands on such a page and in which order: a screen that answers, then the details. It
tells a language apart what is ours and what comes from outside, which must neither be markup nor
call anybody. Must not know a language; ``github`` and ``trac`` are two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from ..model import Cell, Change, Judgement, Matrix
from . import pieces, summary
from .fitting import SIGNS
from .groups import first_of_its_like
from .recommendation import recommendations
from .schema import Report
from .wirechanges import step, wire_changes

LEGEND = (
    "Tests that pass on the base, and how many more or fewer do with a candidate. h: more hang; "
    "a dot: as on the base."
)
ALL = "report.md has all"


class Language(NamedTuple):
    """How a page is written.

    ``text`` makes words a part of a paragraph or a cell, ``code`` the same as code: nothing in
    either is markup or a link. ``strong`` is for words of our own, ``item`` for a line of a list
    at a level, ``table`` for heads and rows of which all columns from a number on are short.
    ``section`` puts lines under a title, folded where that can be, and ``title`` is that of
    what is told of a judgement.
    """

    text: Callable[[str], str]
    code: Callable[[str], str]
    strong: Callable[[str], str]
    item: Callable[[str, int], str]
    table: Callable[[Sequence[str], Iterable[Sequence[str]], int], Iterable[str]]
    section: Callable[[str, Iterable[str]], Iterable[str]]
    title: Callable[[Judgement], str]


def render(report: Report, language: Language, limit: int) -> str:
    """The page in at most so many bytes of UTF-8."""
    page = _Page(report, language)
    return pieces.fitted(
        _joined(page.head()),
        lambda most: [_joined(lines) for lines in page.details(most)],
        lambda left: f"\n{left} more sections do not fit here; {ALL}.\n",
        limit,
    )


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


class _Page(NamedTuple):
    report: Report
    words: Language

    def items(self, lines: Iterable[str], level: int = 0) -> Iterator[str]:
        return (self.words.item(line, level) for line in lines)

    def head(self) -> Iterator[str]:
        """What is read first: which patch, all verdicts, how much is noise."""
        report, words = self.report, self.words
        if report.made.partial:
            yield from (words.strong(summary.PARTIAL), "")
        yield from self.items(map(words.text, recommendations(report.candidates)))
        yield ""
        found = pieces.overview(report.candidates)
        heads = (found.heads[0], "candidate", "on", *found.heads[1:])
        rows = [
            (sign, words.code(judged.name), words.text(judged.base), *cells)
            for judged, (sign, *cells) in found.rows
        ]
        yield from words.table(heads, rows, 4)
        if found.left_out:
            yield from ("", f"… and {found.left_out} more; {ALL}.")
        yield ""
        yield summary.noise_floor(report.controls)
        if power := summary.power(report.candidates):
            yield power
        notes = (*report.hints, *report.notes, *filter(None, [report.made.hint]))
        yield from self.items(map(words.code, notes))

    def details(self, most: int | None) -> Iterator[Iterable[str]]:
        """The sections, with at most so many tests named in each group."""
        report, words = self.report, self.words
        for found in report.matrices:
            yield words.section(f"On the wire, {words.text(found.ground)}", self.wire(found))
        if swaps := summary.swap_lines(report.swaps):
            title = "Tests that prove one candidate, on the code of the others"
            yield words.section(title, self.items(map(words.text, swaps)))
        if report.pairs:
            yield words.section("Two candidates together", self.pairs())
        like = first_of_its_like(report.candidates)
        for place, judged in enumerate(report.candidates):
            if pieces.is_told(judged):
                lines = self.candidate(judged, like.get(place), most)
                yield words.section(words.title(judged), lines)
        made = report.made
        yield ["", f"Made {words.text(made.at)} with {words.code(made.command)}."]

    def wire(self, found: Matrix) -> Iterator[str]:
        words = self.words
        told = wire_changes(found)
        if told.rows:
            yield from (LEGEND, "")
            heads = ["behaviour", "link", "base", *map(", ".join, told.columns)]
            heads += ["others"] * bool(found.control)
            rows = []
            for row in told.rows:
                cells = [row.behaviour, ", ".join(row.links), _text(row.base)]
                cells += [step(row.base, each) for each in row.cells]
                cells += [_text(row.control)] if row.control is not None else []
                rows.append(list(map(words.text, cells)))
            yield from words.table(list(map(words.text, heads)), rows, 2)
            yield ""
        for names, what in (
            (told.passing, "As on the base, all passing"),
            (told.failing, "As on the base, not all passing"),
            (told.idle, "As the base everywhere"),
        ):
            if names:
                yield words.item(f"{what}: {words.text(', '.join(names))}.", 0)

    def pairs(self) -> Iterator[str]:
        words = self.words
        for pair in self.report.pairs:
            yield words.item(words.text(summary.pair_line(pair)), 0)
            yield from self.items(map(words.code, map(summary.conflict_line, pair.conflicts)), 1)

    def candidate(
        self, judged: Judgement, like: Judgement | None, most: int | None
    ) -> Iterator[str]:
        words = self.words
        yield from (f"It {summary.meaning(judged)}.", "")
        proof = filter(None, [summary.proof_line(judged)])
        known = (*judged.problems, *judged.notes, *summary.reach_lines(judged), *proof)
        yield from self.items(map(words.code, known))
        if like is not None:
            yield words.item(f"Its changes are those of {words.code(like.name)}, test by test.", 0)
            return
        for section in pieces.sections(judged):
            yield ""
            title, number = words.strong(section.title), len(section.changes)
            yield f"{title}, {words.code(section.cause)} ({number}):"
            yield ""
            shown, left = pieces.cut(section.changes, most)
            yield from self.items(map(self.change, shown))
            if left:
                yield words.item(f"… and {left} more; {ALL}", 0)
        if others := pieces.rest(judged):
            yield from ("", f"And {others}.")

    def change(self, change: Change) -> str:
        said = f"{summary.kind_of_change(change)} ({summary.step(change)})"
        more = [change.note, change.reason if change.reason != change.group else ""]
        said = ": ".join([said, *filter(None, more)])
        return f"{self.words.code(summary.test_name(change.test))} {self.words.code(said)}"


def sign(judged: Judgement) -> str:
    """The sign of its verdict."""
    return SIGNS[judged.verdict]


def _text(cell: Cell) -> str:
    return summary.cell_text(cell) if cell.tests else ""

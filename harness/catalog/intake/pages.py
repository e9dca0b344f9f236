"""A patch out of a page of Trac's that was saved from a browser.

Owns: how Trac shows a diff: as a table of old and new lines, as a listing with the numbers
of its lines, or as plain text (https://trac.edgewall.org/browser/trunk/trac/mimeview/patch.py).
Must not know what is done with it.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import NamedTuple

PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html)", re.I | re.S)
NO_BREAK = "\xa0"


class Row(NamedTuple):
    """A row of a table: its kind (``unmod``, ``add``, ``rem``, ``mod``), numbers, cells."""

    kind: str
    numbers: tuple[str, ...]
    cells: tuple[tuple[str, str], ...]


def is_page(text: str) -> bool:
    """Whether it is HTML."""
    return bool(PAGE.match(text))


def diff_of_page(text: str) -> str:
    """The diff that a page shows, as text; empty if it shows none."""
    reader = _PageReader()
    reader.feed(text)
    reader.close()
    if reader.tables:
        return "".join(map(_diff_of_table, reader.tables))
    if reader.listing:
        return "".join(f"{line}\n" for line in reader.listing)
    return next((f"{each.strip(chr(10))}\n" for each in reader.plain if "\n+++ " in each), "")


class _Table(NamedTuple):
    names: list[str]
    rows: list[Row]


class _PageReader(HTMLParser):
    """Collects the tables with ``trac-diff``, the listing with ``code``, and plain texts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self.listing: list[str] = []
        self.plain: list[str] = []
        self._in = ""
        self._kind = ""
        self._is_head = False
        self._text: list[str] | None = None
        self._side = ""
        self._numbers: list[str] = []
        self._cells: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        classes = (given.get("class") or "").split()
        if tag == "table" and "trac-diff" in classes:
            self._in = "diff"
            self.tables.append(_Table([], []))
        elif tag == "table" and "code" in classes:
            self._in = "code"
        elif tag == "pre" and not self._in:
            self._text = []
        elif tag in ("thead", "tbody"):
            self._is_head, self._kind = tag == "thead", " ".join(classes)
        elif tag == "tr":
            self._numbers, self._cells = [], []
        elif tag in ("th", "td") and self._in:
            self._text, self._side = [], " ".join(classes)
            if tag == "th" and self._is_head and self._in == "diff":
                title = given.get("title") or ""
                self.tables[-1].names.append(title.removeprefix("File ").strip())

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        text = "".join(self._text or ())
        if tag == "table":
            self._in = ""
        elif tag == "pre" and not self._in and self._text is not None:
            self.plain.append(text)
            self._text = None
        elif tag == "th" and self._in:
            self._numbers.append(text.strip(f"\n {NO_BREAK}"))
            self._text = None
            if self._in == "diff" and self._is_head and not any(self.tables[-1].names):
                self.tables[-1].names.append(text.strip())
        elif tag == "td" and self._in:
            self._cells.append((self._side, text))
            self._text = None
        elif tag == "tr" and self._in == "code" and self._cells and not self._is_head:
            self.listing.append(_plain(self._cells[-1][1].strip("\n").rstrip("\r")))
        elif tag == "tr" and self._in == "diff" and not self._is_head:
            row = Row(self._kind, tuple(self._numbers), tuple(self._cells))
            self.tables[-1].rows.append(row)


def _diff_of_table(table: _Table) -> str:
    """One file's change; a row that Trac left out begins a new hunk."""
    name = next(filter(None, table.names), "")
    name = re.sub(r"^[ab]/", "", name)
    hunks: list[list[str]] = [[]]
    starts: list[tuple[int, int]] = []
    for row in table.rows:
        if not any(number.isdigit() for number in row.numbers):
            hunks.append([])
            continue
        if not hunks[-1]:
            starts.append((0, 0))
        old, new = starts[-1]
        first, second = ([*row.numbers, "", ""])[:2]
        starts[-1] = (old or _number(first), new or _number(second))
        hunks[-1] += _lines(row)
    made = [f"--- a/{name}", f"+++ b/{name}"]
    for (old, new), lines in zip(starts, filter(None, hunks), strict=True):
        ordered = _removed_first(lines)
        olds = sum(line[0] in " -" for line in lines)
        news = sum(line[0] in " +" for line in lines)
        made += [f"@@ -{old},{olds} +{new},{news} @@", *ordered]
    return "".join(f"{line}\n" for line in made)


def _lines(row: Row) -> list[str]:
    """The lines of a row: one, or an old and a new one side by side."""
    texts = [(side, _plain(text.strip("\n").removesuffix(NO_BREAK))) for side, text in row.cells]
    if not texts:
        return []
    numbers = ([*row.numbers, "", ""])[:2]
    if all(number.isdigit() for number in numbers) and len(texts) == 1:
        return [f" {texts[0][1]}"]
    if "unmod" in row.kind:
        return [f" {texts[0][1]}"]
    if len(texts) == 1:
        return [f"{'-' if numbers[0].isdigit() else '+'}{texts[0][1]}"]
    return [
        f"{mark}{text}"
        for mark, number, (_, text) in zip("-+", numbers, texts, strict=False)
        if number.isdigit()
    ]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _removed_first(lines: list[str]) -> list[str]:
    """The lines with what is removed before what is added, as diff writes them."""
    made: list[str] = []
    added: list[str] = []
    for line in lines:
        if line[0] == "+":
            added.append(line)
        elif line[0] == "-":
            made.append(line)
        else:
            made += [*added, line]
            added = []
    return made + added


def _plain(text: str) -> str:
    """The text with blanks where Trac keeps them from being joined."""
    return text.replace(NO_BREAK, " ")

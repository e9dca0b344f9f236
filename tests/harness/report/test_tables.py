"""Tables give way to the terminal, and lose nothing."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from harness.report import tables
from harness.report.fitting import Part
from harness.report.tables import Column, Gives

COLUMNS = [
    Column("candidate", gives=Gives.CUT),
    Column("link", gives=Gives.WRAPS),
    *tables.numbers(*(f"release {number}" for number in range(8))),
]
LONG = "django/a-candidate-of-a-long-name"
ROWS: list[list[Part]] = [
    [LONG, "bridge, faithful, lossy", *(f"{number}/99" for number in range(8))],
    ["django/b", "direct", *(("all", "green") for _ in range(8))],
]
WIDTHS = [20, 30, 40, 60, 80, 100, 200]


def shown(width: int, keys: int = 2) -> list[str]:
    stream = io.StringIO()
    tables.show(Console(file=stream, width=width), "How it is", COLUMNS, ROWS, keys)
    return stream.getvalue().splitlines()


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_and_no_cell_is_lost(width: int) -> None:
    lines = shown(width)
    assert max(map(cell_len, lines)) <= width
    words = " ".join(lines).split()
    assert words.count("all") == 8
    for number in range(8):
        assert f"{number}/99" in words
        assert {f"{number}", f"{number}:"} & set(words)


def test_a_wide_terminal_has_one_table_with_whole_names() -> None:
    lines = shown(200)
    assert sum(line.startswith("─") for line in lines) == 1
    assert any(line.startswith(f"{LONG} ") for line in lines)


def test_a_narrower_one_has_several_each_with_what_a_row_is_about() -> None:
    lines = shown(60)
    tables_ = sum(line.startswith("─") for line in lines)
    assert tables_ > 1
    assert sum(line.startswith("django/b ") for line in lines) == tables_


def test_a_very_narrow_one_has_paragraphs() -> None:
    lines = shown(20)
    assert not any(line.startswith("─") for line in lines)
    assert "  release 7: 7/99" in lines


def test_names_are_cut_in_the_middle() -> None:
    (line,) = [line for line in shown(100) if line.startswith("django") and "…" in line]
    start, end = line.split()[0].split("…")
    assert LONG.startswith(start)
    assert LONG.endswith(end)

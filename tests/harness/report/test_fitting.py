"""Text that fits: what is cut, and where a line ends."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from harness.report import fitting

ID = "servers.tests.LiveServerViews.test_closes_connection_without_content_length"


def printed(
    width: int, *parts: fitting.Part, indent: int = 0, encoding: str = "utf-8"
) -> list[str]:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    fitting.put(Console(file=stream, width=width), *parts, indent=indent)
    stream.seek(0)
    return stream.read().splitlines()


@pytest.mark.parametrize("width", [1, 2, 3, 10, 40, 74, 75])
def test_a_long_id_loses_its_middle(width: int) -> None:
    short = fitting.shorten(ID, width)
    assert cell_len(short) <= width
    if width < len(ID):
        start, end = short.split("…")
        assert ID.startswith(start)
        assert ID.endswith(end)
    else:
        assert short == ID


def test_a_width_counts_cells() -> None:
    wide = "試驗" * 10
    assert cell_len(fitting.shorten(wide, 9)) <= 9
    assert fitting.shorten("e\u0301" * 5, 5) == "e\u0301" * 5


def test_whole_words_stay() -> None:
    assert fitting.first_words("only the closing shows the end", 18) == "only the closing …"
    assert fitting.first_words("short", 18) == "short"
    assert fitting.first_words("a" * 30, 9) == "aaaa…aaaa"


def test_lines_end_between_words_and_stand_below_each_other() -> None:
    lines = printed(30, "one two three four five six seven eight", indent=2)
    assert lines == ["  one two three four five", "    six seven eight"]


def test_no_word_is_broken() -> None:
    words = f"the test {ID} fails"
    for width in (20, 33, 60, 80):
        lines = printed(width, words)
        assert max(map(cell_len, lines)) <= width
        assert " ".join(" ".join(lines).split()) == fitting.shorten_words(words, width - 2)


def test_a_style_stays_with_its_words() -> None:
    stream = io.StringIO()
    console = Console(file=stream, width=30, force_terminal=True, color_system="standard")
    fitting.put(console, ("✗ breaks", "red"), " [bold]what[/bold] was there")
    assert "\x1b[31m✗ breaks\x1b[0m" in stream.getvalue()
    assert "[bold]what[/bold]" in stream.getvalue()


def test_signs_are_letters_where_there_is_no_more_than_ascii() -> None:
    signs = [*fitting.SIGNS.values(), fitting.WORSE, fitting.BETTER, fitting.UNSURE, fitting.MEANT]
    shown = printed(40, " ".join(signs), encoding="ascii")[0].split()
    assert all(sign.isascii() for sign in shown)
    # Different meanings stay different: the signs of verdicts, and of changes.
    assert len(set(shown)) == len(set(signs))


def test_no_text_steers_the_terminal() -> None:
    assert "\x1b" not in "".join(printed(40, "a\x1b[2Jb\rc\nd"))


def test_items_are_not_broken() -> None:
    stream = io.StringIO()
    fitting.put_items(Console(file=stream, width=20), ["a: one two", "b: three", "c: four"])
    assert stream.getvalue().splitlines() == ["a: one two  b: three", "c: four"]

"""Text from outside, as text."""

from __future__ import annotations

from support.hostile import EVIL

from harness.report.plaintext import one_line, printable


def test_text_from_outside_is_readable_and_steers_nothing() -> None:
    text = printable(EVIL)
    assert all(letter.isprintable() for letter in text.replace("\n", ""))
    assert "red" in text and "31m" not in text and "title" not in text
    assert one_line(EVIL) == " ".join(text.split("\n"))


def test_lines_stay_lines_and_tabs_stay_wide() -> None:
    assert printable("a\tb  \r\n\n  c") == "a       b\n\n  c"

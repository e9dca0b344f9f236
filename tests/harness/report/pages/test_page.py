"""What is done to text from outside, wherever a page shows it."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest
from markupsafe import Markup

from harness.report.pages import page

TEMPLATES = sorted(page.FOLDER.glob("*.html"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words, ü and 汉", "plain words, ü and 汉"),
        ("a\x00b\x1b[31mred", "a\ufffdb\ufffd[31mred"),
        ("half \ud800 a letter", "half \ufffd a letter"),
        ("two\nlines\tand a\r", "two\nlines\tand a "),
        ("turned \u202e around", "turned \ufffd around"),
    ],
)
def test_control_characters_do_not_reach_a_page(text: str, shown: str) -> None:
    assert page.readable(text) == shown


def test_a_text_without_end_is_cut_and_says_so() -> None:
    text = page.readable("x" * (page.MOST_TEXT + 5))
    assert isinstance(text, str) and text.endswith("x… and 5 more characters")


def test_what_the_page_made_itself_stays_as_it_is() -> None:
    assert page.readable(Markup("<b>\x1b</b>")) == Markup("<b>\x1b</b>")


def test_an_anchor_is_the_same_in_every_page_and_fits_any_text() -> None:
    one = page.anchor("t", "django/x", "a test <script>\ud800")
    assert one == page.anchor("t", "django/x", "a test <script>\ud800")
    assert one != page.anchor("t", "django/xa", " test <script>\ud800")
    assert one.replace("-", "").isalnum()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_takes_the_escape_from_a_value(template: Path) -> None:
    """``safe`` is for what this program draws itself, and that has one name each."""
    text = template.read_text("utf-8")
    assert {part.split("|")[0] for part in text.split("{{ ") if "|safe }}" in part} <= {"key"}


def test_a_page_loads_nothing(tmp_path: Path) -> None:
    html = page.render("page.html", title="<script>alert(1)</script>")
    assert "<script>alert" not in html and "&lt;script&gt;alert(1)" in html
    assert "default-src 'none'" in html
    assert not any(f'{name}="http' in html for name in ("src", "href"))


def test_a_value_that_was_forgotten_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(jinja2.UndefinedError):
        page.render("judged.html", title="nothing else")

"""Charts: what the library draws, made fit for a page."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from support.pages import HOSTILE, Page

from harness.report.pages import svg
from harness.report.pages.charts import Axis, Chart, Curve, Mark, Span, Tick

SVG = "{http://www.w3.org/2000/svg}"
MARKS = (Mark(10, 1, "✓", "good", "the first"), Mark(90, 2, "✗", "bad", "the second"))
PLAIN = Chart(
    id="plot",
    title="Some marks",
    describes="Two of them.",
    x=Axis("across", (Tick("start", 0), Tick("ninety", 90)), (0, 100), (90,)),
    y=Axis("", (Tick("one", 1), Tick("two", 2)), (0.5, 2.5)),
    height=160,
    marks=MARKS,
    spans=(Span(1, 20, 80, "plain"), Span(2, 30, 40, "plain")),
)


def drawn(chart: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(svg.draw(chart))


def classes(root: ElementTree.Element, tag: str) -> list[str]:
    return [each.get("class", "") for each in root.iter(f"{SVG}{tag}")]


def test_it_has_a_name_and_a_description() -> None:
    root = drawn(PLAIN)
    name, described = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert name is not None
    assert described is not None
    assert (root.get("role"), name.text, described.text) == ("img", "Some marks", "Two of them.")
    assert root.get("aria-labelledby") == name.get("id")
    assert root.get("aria-describedby") == described.get("id")


def test_every_mark_has_its_sign_where_its_dot_is_and_says_what_it_is() -> None:
    found = {}
    for group in drawn(PLAIN).iter(f"{SVG}g"):
        if group.get("class") == "dots":
            circle, sign, says = group
            assert (sign.get("x"), sign.get("y")) == (circle.get("cx"), circle.get("cy"))
            found[sign.text] = says.text
    assert found == {"✓": "the first", "✗": "the second"}


def test_marks_lie_in_the_order_of_their_numbers() -> None:
    first, second = drawn(PLAIN).iter(f"{SVG}circle")
    assert float(first.get("cx", "")) < float(second.get("cx", ""))
    # The first row is on top.
    assert float(first.get("cy", "")) < float(second.get("cy", ""))


def test_spans_of_a_kind_are_lines_of_their_own() -> None:
    assert classes(drawn(PLAIN), "path").count("line reactive nofill") == 2


def test_only_what_is_emphasized_is() -> None:
    root = drawn(PLAIN)
    assert [each.text for each in root.iter(f"{SVG}text") if each.get("class") == "major"] == [
        "ninety"
    ]


def test_curves_join_their_marks_and_differ_by_their_line() -> None:
    root = drawn(PLAIN._replace(marks=(), spans=(), curves=(Curve(MARKS), Curve(MARKS, 2))))
    lines = [each for each in classes(root, "g") if "curve" in each]
    assert {"layer curve dash-0", "layer curve dash-2"} == set(lines)


def test_nothing_of_it_is_a_script_a_style_or_a_reference() -> None:
    text = svg.draw(PLAIN)
    assert [word for word in ("script", "style", "href", "url(", "//") if word in text] == [
        "//"  # the name of SVG itself
    ]
    assert text.count("//") == 1


def test_it_is_the_same_every_time() -> None:
    assert svg.draw(PLAIN) == svg.draw(PLAIN)


@pytest.mark.parametrize("field", ["title", "describes"])
def test_hostile_text_does_nothing(field: str) -> None:
    hostile = PLAIN._replace(
        marks=(Mark(10, 1, "✓", "good", HOSTILE),),
        x=PLAIN.x._replace(title=HOSTILE, ticks=(Tick(HOSTILE, 0),)),
        y=PLAIN.y._replace(ticks=(Tick(HOSTILE, 1),)),
    )
    hostile = (
        hostile._replace(title=HOSTILE) if field == "title" else hostile._replace(describes=HOSTILE)
    )
    page = Page(svg.draw(hostile))
    assert page.wrong == []
    assert set(page.tags) == {"svg", "title", "desc", "g", "rect", "path", "text", "circle"}

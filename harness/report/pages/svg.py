"""A chart drawn as SVG that stands inside a page.

Owns: what a library draws made fit for a page: no script, no style and no reference of its
own, colours by the page's custom properties (``charts.css``), a sign for every kind of mark,
and a title and a description for who can not see it. Must not know what is charted. Beside
every chart stands a table of the same numbers, which is the page's to write.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple
from xml.etree import ElementTree

from markupsafe import Markup

from .charts import KINDS, Axis, Chart, Mark
from .page import anchor, readable

WIDTH = 860  # units of the drawing; a page scales it, down to a width that can be read
FONT = 13
ROOM = 18  # units around the outermost marks
RADIUS, WIDER = 8, 4  # of a mark with one sign, and for each further one
LONGEST_LABEL = 48
SVG = "http://www.w3.org/2000/svg"
NOWHERE = -1e9  # a place on no axis


def draw(chart: Chart) -> Markup:
    """The chart as an ``svg`` element of HTML."""
    library = _library()
    drawn = library.XY(
        js=(),
        css=(),
        style=library.style.Style(
            label_font_size=FONT, major_label_font_size=FONT, title_font_size=FONT
        ),
        width=WIDTH,
        height=chart.height,
        margin=6,
        margin_right=ROOM,
        spacing=8,
        show_legend=False,
        show_x_guides=True,
        inverse_y_axis=not chart.upwards,
        y_title=_text(chart.y.title) or None,
        allow_interruptions=True,
        truncate_label=-1,
        dots_size=RADIUS,
        x_title=_text(chart.x.title),
        x_labels=_labels(chart.x),
        # By their labels across, by their places upwards; without any the library finds some.
        x_labels_major=[_text(t.label) for t in chart.x.ticks if t.at in chart.x.emphasized],
        xrange=chart.x.ends,
        y_labels=_labels(chart.y),
        y_labels_major=[*chart.y.emphasized] or [NOWHERE],
        range=chart.y.ends,
        classes=("chart",),
        disable_xml_declaration=True,
        no_prefix=True,
    )
    drawn.uuid = chart.id
    layers = list(_layers(chart))
    for layer in layers:
        drawn.add(layer.kind, layer.points, stroke=layer.is_line, show_dots=not layer.is_line)
    root = ElementTree.fromstring(drawn.render(is_unicode=True))
    _cleaned(root)
    _classed(root, layers)
    _told(root, chart)
    ElementTree.register_namespace("", SVG)
    return Markup(ElementTree.tostring(root, "unicode"))


@cache
def _library() -> Any:
    """The library, which takes a while to load, without what it does to other imports.

    It puts a finder of its plug-ins behind every other one, of an older kind, of which Python
    warns wherever a module is not found.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImportWarning)
        import pygal
        import pygal.style
    sys.meta_path[:] = [
        each for each in sys.meta_path if not isinstance(each, pygal.PluginImportFixer)
    ]
    return pygal


class _Layer(NamedTuple):
    """What the library calls a series."""

    kind: str
    points: list[tuple[float | None, float | None]]
    is_line: bool
    marks: tuple[Mark, ...] = ()


def _layers(chart: Chart) -> Iterable[_Layer]:
    for kind in KINDS:
        spans = [span for span in chart.spans if span.kind == kind]
        if spans:
            gap = (None, None)
            ends = [[(span.low, span.y), (span.high, span.y), gap] for span in spans]
            yield _Layer(f"span {kind}", [end for each in ends for end in each], True)
    for curve in chart.curves:
        points = [(mark.x, mark.y) for mark in curve.marks]
        kind = f"curve dash-{curve.dash}"
        yield _Layer(kind, list(points), True)
    for kind in KINDS:
        every = [*chart.marks, *(mark for curve in chart.curves for mark in curve.marks)]
        marks = tuple(mark for mark in every if mark.kind == kind)
        if marks:
            yield _Layer(f"marks {kind}", [(mark.x, mark.y) for mark in marks], False, marks)


def _labels(axis: Axis) -> list[dict[str, Any]]:
    return [{"label": _text(tick.label, LONGEST_LABEL), "value": tick.at} for tick in axis.ticks]


def _text(text: str, most: int = 10_000) -> str:
    """Text that XML can hold, in one line, and not longer than there is room for."""
    line = " ".join(str(readable(text)).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _cleaned(root: ElementTree.Element) -> None:
    """Take away what is not for a page: scripts, styles, what only a script would show."""
    for parent in list(root.iter()):
        for child in list(parent):
            name = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
            is_hidden = "tooltip" in child.get("class", "").split()
            if name in ("", "script", "style", "defs", "desc", "title") or is_hidden:
                parent.remove(child)


def _classed(root: ElementTree.Element, layers: Sequence[_Layer]) -> None:
    """Give every series the class of its kind, and every mark its sign."""
    for group in root.iter(f"{{{SVG}}}g"):
        words = group.get("class", "").split()
        number = next((int(w[6:]) for w in words if w.startswith("serie-")), None)
        if number is None:
            continue
        layer = layers[number]
        group.set("class", f"layer {layer.kind}")
        dots = (each for each in group.iter(f"{{{SVG}}}g") if each.get("class") == "dots")
        for mark, dot in zip(layer.marks, dots, strict=False):
            circle = dot.find(f"{{{SVG}}}circle")
            assert circle is not None, "the library draws a dot as a circle"
            circle.set("class", "dot")
            circle.set("r", str(RADIUS + WIDER * (len(mark.sign) - 1)))
            place = {"x": circle.get("cx", ""), "y": circle.get("cy", ""), "class": "sign"}
            sign = ElementTree.SubElement(dot, f"{{{SVG}}}text", place)
            sign.text = mark.sign
            ElementTree.SubElement(dot, f"{{{SVG}}}title").text = _text(mark.says)


def _told(root: ElementTree.Element, chart: Chart) -> None:
    """A name and a description, for who can not see it."""
    names = [anchor("chart", chart.id, what) for what in ("title", "description")]
    for name, tag, text in zip(
        reversed(names), ("desc", "title"), (chart.describes, chart.title), strict=True
    ):
        told = ElementTree.Element(f"{{{SVG}}}{tag}", {"id": name})
        told.text = _text(text)
        root.insert(0, told)
    root.set("role", "img")
    root.set("aria-labelledby", names[0])
    root.set("aria-describedby", names[1])
    root.set("class", "chart")
    for name in ("id", "width", "height"):
        root.attrib.pop(name, None)

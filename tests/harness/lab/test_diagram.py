"""Sequence diagrams in SVG and as text, without a socket or a browser."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from support.exchanges import HOSTILE, exchange, hung, torn, whole

from harness.lab.diagram import KEY, STYLE, sequence
from harness.lab.diagram_files import html_file, svg_file
from harness.lab.drawing.axis import axis
from harness.lab.drawing.terminal import text
from harness.lab.observation import Ending, Event, Observation

SVG = "{http://www.w3.org/2000/svg}"
PAIR = (("base", torn()), ("patched", whole()))


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg.encode())


def words(svg: str) -> list[str]:
    return [each.text or "" for each in parsed(svg).iter(f"{SVG}text")]


def paths(svg: str, name: str) -> str:
    """What is drawn in a class, heads included."""
    found = parsed(svg).iter(f"{SVG}path")
    return "".join(p.get("d", "") for p in found if name in p.get("class", "").split())


def times(svg: str) -> list[tuple[float, float]]:
    """The labels of the time axis, each with its height, from above."""
    (group,) = (g for g in parsed(svg).iter(f"{SVG}g") if g.get("class") == "sq-te sq-n")
    labels = [(float(t.get("y", "")), t.text or "") for t in group]
    return [(y, float(t.replace(",", ""))) for y, t in sorted(labels) if t[0].isdigit()]


def test_what_is_lost_is_drawn_and_said() -> None:
    drawn = sequence(("base", torn()), ident="a")
    assert paths(drawn, "sq-l")
    assert {"49,253 bytes dropped", "the body ends at byte 747", "FIN"} <= set(words(drawn))
    assert not paths(sequence(("patched", whole()), ident="a"), "sq-l")


def test_the_ending_stands_above_each_side() -> None:
    assert {"base", "✗ truncated, then EOF", "patched", "✓ complete"} <= set(
        words(sequence(*PAIR, ident="a"))
    )


def test_a_head_has_two_barbs_only_where_both_ends_saw_it() -> None:
    seen = exchange(
        Event(0.001, "client", "sent", 91),
        Event(0.002, "slow", "got from client", 91),
        Event(0.003, "slow", "passed to server", 91),
        link="slow",
    )
    assert paths(sequence(("", seen), ident="a"), "sq-k").count("z") == 1


def test_two_sides_share_one_axis_on_which_each_begins_at_0() -> None:
    drawn = sequence(*PAIR, ident="a")
    shown = times(drawn)
    assert shown[0][1] == 0
    assert [at for _, at in shown] == sorted(at for _, at in shown)
    connects = [each for each in parsed(drawn).iter(f"{SVG}text") if each.text == "connects"]
    assert len(connects) == 2
    assert len({each.get("y") for each in connects}) == 1


def test_one_side_has_the_times_of_its_timeline() -> None:
    assert times(sequence(("", torn()), ident="a"))[0][1] == 4.7


def test_a_tenth_of_a_millisecond_and_two_seconds_are_both_to_be_seen() -> None:
    drawn = sequence(("base", hung()), ident="a")
    assert {"0.1", "0.2", "2,000", "2,000 ms"} <= set(words(drawn))
    assert int(parsed(drawn).get("height", "")) < 280


@given(
    some.lists(
        some.tuples(some.floats(0, 100, allow_nan=False), some.sampled_from([None, 0, 1])),
        min_size=1,
    )
)
def test_later_is_never_higher(moments: list[tuple[float, int | None]]) -> None:
    made = axis(moments, 10)
    ordered = sorted((at, made.y(n)) for n, (at, _) in enumerate(moments))
    assert all(before[1] <= after[1] for before, after in pairwise(ordered))
    rows = [(side, made.y(n)) for n, (_, side) in enumerate(moments) if side is not None]
    assert len(rows) == len(set(rows))


def test_what_comes_from_elsewhere_is_escaped() -> None:
    seen = exchange(
        Event(0.001, HOSTILE, HOSTILE),
        Event(0.002, HOSTILE, "sent", 5),
        link=HOSTILE,
        server=HOSTILE,
        client=HOSTILE,
        received=5,
        ending=Ending.MALFORMED,
    )
    for drawn in (
        sequence((HOSTILE, seen), (HOSTILE, seen), ident=HOSTILE),
        svg_file(((HOSTILE, seen),)),
    ):
        tags = {each.tag.removeprefix(SVG) for each in parsed(drawn).iter()}
        assert tags <= {"svg", "title", "desc", "path", "g", "text", "style"}
        assert not {"\x1b", "\x00", "\ud800", "\u202e"} & set(drawn)
    page = html_file((("", seen),))
    assert "<script" not in page
    page.encode()


def test_ids_are_those_of_the_diagram() -> None:
    ids = set(
        re.findall(r'id="([^"]+)"', sequence(*PAIR, ident='a b"<') + sequence(*PAIR, ident="c"))
    )
    assert ids == {"a-b---t", "a-b---d", "c-t", "c-d"}


def test_it_is_told_to_those_who_do_not_see_it() -> None:
    root = parsed(sequence(*PAIR, ident="a"))
    assert root.get("role") == "img"
    title, desc = (root.find(f"{SVG}{name}") for name in ("title", "desc"))
    assert title is not None
    assert desc is not None
    assert (root.get("aria-labelledby"), root.get("aria-describedby")) == (
        title.get("id"),
        desc.get("id"),
    )
    assert "base: ✗ truncated, then EOF" in (title.text or "")
    assert "tearing → client: 49,253 bytes dropped (lost)" in (desc.text or "")


def test_hundreds_fit_into_a_page() -> None:
    drawn = sequence(*PAIR, ident="a")
    assert len(drawn.encode()) < 4_500
    assert "style=" not in drawn
    assert "#" not in drawn


def test_every_class_has_a_style() -> None:
    classes = set(re.findall(r"sq-[a-z]+", KEY + sequence(*PAIR, ident="a")))
    # Text begins where it stands, unless told otherwise.
    assert {name for name in classes if f".{name}" not in STYLE} == {"sq-ts"}


def test_a_side_is_needed() -> None:
    with pytest.raises(ValueError, match="needs a side"):
        sequence(ident="a")


def test_as_text() -> None:
    assert "\n".join(text(torn())[:-1]) == TORN.strip("\n")


WORDS = ("sent", "received", "closed", "gave up waiting", "got from client", "dropped", "connected")


@settings(max_examples=60)
@given(
    some.lists(
        some.builds(
            Event,
            some.floats(0, 10),
            some.sampled_from(["client", "server", "slow", "tearing", "b", "c"]),
            some.sampled_from([*WORDS, "passed to client", "reset both sides", "received RST"]),
            some.integers(0, 10**9),
        ),
        max_size=90,
    ),
    some.sampled_from(list(Ending)),
)
def test_whatever_happened_is_drawn(events: list[Event], ending: Ending) -> None:
    seen: Observation = exchange(*events, link="slow+tearing", received=7, ending=ending)
    parsed(sequence(("a", seen), ("b", whole()), ident="a"))
    assert max(map(len, text(seen))) <= 80


TORN = """
      ms  client                         tearing                        server
     4.7     │┄┄┄┄┄┄┄┄┄┄ connects ┄┄┄┄┄┄┄┄┄▶│                              │
     4.8     │────────── 91 bytes ─────────▶│                              │
             │                              │────────── 91 bytes ─────────▷│
     6.4     │                              │◁────── 50,277 bytes ×2 ──────│
             │◀────── 1,024 bytes ×2 ───────│                              │
     7.4     │                              │◁╌╌╌╌╌╌╌╌╌╌╌╌ FIN ╌╌╌╌╌╌╌╌╌╌╌╌│
             │◀╌╌╌╌╌╌╌╌╌╌╌╌ FIN ╌╌╌╌╌╌╌╌╌╌╌╌│                              │
             │                              │╌╌╌╌╌╌╌╌╌╌╌╌ FIN ╌╌╌╌╌╌╌╌╌╌╌╌▷│
             │  ✗·· 49,253 bytes dropped ···│                              │
     7.5     ✗ the body ends at byte 747    │                              │
     7.6     │╌╌╌╌╌╌╌╌╌╌╌╌ FIN ╌╌╌╌╌╌╌╌╌╌╌╌▷│                              │
    16.2     │                              │                   free again ◆
"""

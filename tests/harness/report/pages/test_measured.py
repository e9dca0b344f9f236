"""The pages of what `bench` measures: the numbers of the JSON, each with its sign."""

from __future__ import annotations

import msgspec
import pytest
from support.measured import every
from support.pages import HOSTILE, Page, read

from harness.report.measurement import Measurement
from harness.report.pages import measured

KINDS = {each.measure: each for each in every()}


def page_of(kind: str) -> Page:
    return read(measured.page_of(KINDS[kind]))


@pytest.mark.parametrize("kind", KINDS)
def test_a_measurement_survives_a_round_trip(kind: str) -> None:
    encoded = msgspec.json.encode(KINDS[kind])
    assert msgspec.json.decode(encoded, type=Measurement) == KINDS[kind]


def test_costs_are_there_with_their_intervals_and_decisions() -> None:
    page = page_of("serving")
    row = "django/dear close, 1 kB 1.23 ms 1.060 [1.050, 1.070] 0.940 [0.930, 0.950] ✗ no"
    assert row in page.text
    assert "1.000 [0.990, 1.010] 1.000 [0.990, 1.010] ✓ yes" in page.text
    assert "? not sure" in page.text
    assert len(page.places("cost")) == 3


def test_the_chart_of_what_decides_marks_one_and_the_limit() -> None:
    html = page_of("serving").html
    decides, compared = html.split("<svg ")[1:]
    assert [text in decides for text in (">1×</text>", ">1.03×</text>")] == [True, True]
    assert [decides.count(f">{sign}</text>") for sign in "✓✗?"] == [1, 1, 1]
    assert ">1×</text>" in compared
    assert ">1.03×</text>" not in compared
    assert "dear: close, 1 kB: 1.060 [1.050, 1.070], no" in decides


def test_a_curve_has_a_cell_for_every_bound() -> None:
    page = page_of("curve")
    assert "tearing 300 ms ✗ 3/3, 49.0 kB ✗ 3/3, 49.0 kB ✓ 0/3" in page.text
    assert "race ◐ 2/3, 4.0 kB ✓ 0/3 ✓ 0/3" in page.text
    assert "2 ms (max 4) 202 ms (max 204) 502 ms (max 504)" in page.text
    assert page.tags["svg"] == 3


def test_curves_that_meet_have_both_letters_on_their_marks() -> None:
    (made,) = (each for each in every() if each.measure == "scaling")
    twice = msgspec.structs.replace(made, scaling=made.scaling * 2)
    html = read(measured.page_of(twice)).html
    assert ">AB</text>" in html
    assert ">A</text>" not in html


def test_other_measurements_have_their_numbers() -> None:
    assert "10 30.0 min 15.8 min scales up" in page_of("scaling").text
    assert "normal 10 12 of 1000 ✗ aim missed 30 % of 50 % ·" in page_of("noise").text
    assert "wall 954.70 s 787.50 s 1.21 0.3 ✗ aim missed" in page_of("against").text
    assert "disk 324.60 MiB 1,506.70 MiB 0.22 0.4 ✓ aim met" in page_of("against").text
    assert "memory 141.30 MiB · · · ·" in page_of("against").text
    culprits = page_of("culprits").text
    assert "400 ✓ found 9 6.0 s ✗ wrong 11 12.0 s" in culprits
    assert "it fails otherwise" in culprits


@pytest.mark.parametrize("made", every(HOSTILE), ids=lambda made: made.measure)
def test_hostile_text_does_nothing(made: Measurement) -> None:
    page = read(measured.page_of(made))
    assert page.tags["b"] == 0
    assert "<script>alert(1)</script>" in page.text

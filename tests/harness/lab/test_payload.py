"""Both ends agree on the bytes: the programs' rule is the lab's rule."""

from __future__ import annotations

import json
import runpy

import pytest

from harness.lab import payload
from harness.lab.servers import PROGRAMS


@pytest.mark.parametrize("size", [0, 1, 8, 65_520, 65_521, 65_522, 500_000])
def test_programs_and_lab_agree(size: int) -> None:
    theirs = runpy.run_path(str(PROGRAMS / "payload.py"))
    assert theirs["PERIOD"] == payload.PERIOD
    assert theirs["payload"](size) == payload.payload(size)
    assert len(payload.payload(size)) == size
    assert b"".join(theirs["parts_of"](size, 7)) == payload.payload(size)


def test_json_has_its_size() -> None:
    theirs = runpy.run_path(str(PROGRAMS / "payload.py"))
    assert theirs["json_text"](50) == payload.json_text(50)
    assert len(payload.json_text(50)) == 50
    assert json.loads(payload.json_text(50))


def test_first_difference() -> None:
    assert payload.first_difference(b"", b"abc") is None
    assert payload.first_difference(b"ab", b"abc") is None
    assert payload.first_difference(b"ax", b"abc") == 1
    assert payload.first_difference(b"abcd", b"abc") == 3

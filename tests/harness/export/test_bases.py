"""What diffs are made on, and how that is called on another machine."""

from __future__ import annotations

import msgspec
import pytest
from support.values import BASE

from harness.export import bases
from harness.model import Source


@pytest.mark.parametrize(
    ("source", "locator", "spec", "portable"),
    [
        (Source.SDIST, "6.1.3", "default", "sdist:6.1.3"),
        (Source.DEB, "6.1.3", "deb:6.1", "deb:6.1.3"),
        (Source.GIT, "https://example.com/it.git@" + "a" * 40, "main", "a" * 40),
        (Source.PATH, "/srv/django", "/srv/django", "/srv/django"),
    ],
)
def test_a_base_keeps_its_meaning_on_another_machine(
    source: Source, locator: str, spec: str, portable: str
) -> None:
    base = msgspec.structs.replace(BASE.base, source=source, locator=locator)
    assert bases.portable_spec(msgspec.structs.replace(BASE, base=base), spec) == portable

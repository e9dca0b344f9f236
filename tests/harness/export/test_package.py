"""The folder of a diff: what is marked in it, and which part of a report belongs to it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from harness.export import package
from harness.export.package import ChecksFile

TEXT = "# Fixed #1 -- Made it so.\n\n**Ready** to be sent.\n"


def written(place: Path) -> Path:
    """A diff's folder, as far as marking it is concerned."""
    checks = ChecksFile(name="django/it", ready=True, stale=(), checks=())
    (place / package.CHECKS).write_bytes(msgspec.json.encode(checks))
    (place / package.TEXT).write_text(TEXT, "utf-8")
    return place


def marks(folder: Path) -> tuple[bool, tuple[str, ...], str]:
    kept = msgspec.json.decode((folder / package.CHECKS).read_bytes(), type=ChecksFile)
    return kept.ready, kept.stale, (folder / package.TEXT).read_text("utf-8")


def test_a_stale_diff_says_so_above_everything_else(tmp_path: Path) -> None:
    folder = written(tmp_path)
    package.mark_stale(folder, ["its base is another"])
    notice = "> **Stale, not ready:** its base is another.\n\n"
    assert marks(folder) == (False, ("its base is another",), notice + TEXT)


def test_other_reasons_take_the_place_of_the_first(tmp_path: Path) -> None:
    folder = written(tmp_path)
    package.mark_stale(folder, ["its base is another"])
    package.mark_stale(folder, ["the rules changed", "the tests changed"])
    notice = (
        "> **Stale, not ready:** the rules changed.\n> **Stale, not ready:** the tests changed."
    )
    assert marks(folder)[2] == f"{notice}\n\n{TEXT}"

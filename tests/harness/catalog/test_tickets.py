"""Tickets: how they are written, and which candidates are for one."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.tiny import PATCHES, copied

from harness.catalog import tickets
from harness.catalog.catalog import Catalog
from harness.catalog.tickets import Ticket
from harness.model import RequestError

# For one ticket, and for two; the number 1 there is twice.
CANDIDATES = {
    "one": '"django#7"',
    "both": '["cpython#7", "cpython#8"]',
    "theirs": '["cpython#8", "cpython#7"]',
}
ABOUT = """\
title = "t"
ticket = {}
origin = ""
credit = []
series = []
stacks_on = ["django/fixes"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The miniature's candidates, all for tiny#1, and three more; CPython's numbers are ``gh-``."""
    folder = copied(PATCHES, tmp_path / "patches")
    for name, ticket in CANDIDATES.items():
        candidate = folder / "django" / name / "candidate.toml"
        candidate.parent.mkdir()
        candidate.write_text(ABOUT.format(ticket), "utf-8")
    with (folder / "cpython/upstream.toml").open("a") as stream:
        stream.write('ticket_prefix = "gh-"\n')
    return folder


def chosen(folder: Path, asked: str = "") -> tuple[list[str], str]:
    names, said = tickets.candidates_of(Catalog(folder), asked)
    return [each.name for each in names], said


@pytest.mark.parametrize(
    ("text", "ticket"),
    [
        ("django#32472", Ticket(32472, "django")),
        ("#32472", Ticket(32472)),
        ("32472", Ticket(32472)),
        ("gh-88932", Ticket(88932, prefix="gh-")),
        ("GH-88932", Ticket(88932, prefix="gh-")),
        ("", None),
        ("django#", None),
        ("my-fix", None),
    ],
)
def test_a_ticket_is_written_in_several_ways(text: str, ticket: Ticket | None) -> None:
    assert tickets.read(text) == ticket


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("django#7", ["one"]),
        ("cpython#7", ["both", "theirs"]),
        ("gh-7", ["both", "theirs"]),
        ("gh-8", ["both", "theirs"]),
        ("8", ["both", "theirs"]),
        ("#8", ["both", "theirs"]),
    ],
)
def test_a_ticket_chooses_its_candidates(folder: Path, asked: str, names: list[str]) -> None:
    assert chosen(folder, asked) == (names, "")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("7", "there are 2 of that number: cpython#7, django#7"),
        ("9", "known tickets are: cpython#7, cpython#8, django#7, tiny#1"),
        ("gh-1", "no candidate is for it"),
        ("cpython#1", "no candidate is for it"),
        ("what?", "no candidate is for it"),
    ],
)
def test_another_ticket_is_refused_with_the_known_ones(folder: Path, asked: str, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        chosen(folder, asked)


def test_without_a_default_every_candidate_is_meant(folder: Path) -> None:
    names, said = chosen(folder)
    assert {"both", "fixes", "one"} < set(names)
    assert said == ""


def test_the_folder_says_which_ticket_is_meant_and_where_others_are(folder: Path) -> None:
    (folder / "workbench.toml").write_text('ticket = "tiny#1"\n', "utf-8")
    names, said = chosen(folder)
    assert "fixes" in names
    assert not {"both", "one"} & set(names)
    assert said == (
        "these are the candidates for tiny#1; others: "
        "--ticket cpython#7 or cpython#8 (2), --ticket django#7 (1)"
    )


def test_the_folders_settings_are_checked(folder: Path) -> None:
    (folder / "workbench.toml").write_text("tickets = 1\n", "utf-8")
    with pytest.raises(RequestError, match=r"workbench\.toml: Object contains unknown field"):
        chosen(folder)

"""Exchanges in files, and the list of what the lab has."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from support.exchanges import hung, torn, whole

from harness.lab import listing
from harness.lab.clients import CLIENTS
from harness.lab.faults.table import FAULTS
from harness.lab.kinds import SERVERS
from harness.lab.links import LINKS
from harness.lab.request import REQUESTS
from harness.lab.saving import PACKETS, WRITERS, BadFile, Exhibit, check, load, save, worst

ONE = Exhibit((("", torn()),))


@pytest.mark.parametrize("suffix", [suffix for suffix in WRITERS if suffix != PACKETS])
def test_a_file_of_every_kind(suffix: str, tmp_path: Path) -> None:
    save(tmp_path / f"exchange{suffix}", ONE)
    written = (tmp_path / f"exchange{suffix}").read_text("utf-8")
    assert "49253" in written.replace(",", "")
    assert not {'http-equiv="refresh', "<link", "src=", "@import", "url("} & set(written.split())


def test_packets_are_saved_as_they_were_captured(tmp_path: Path) -> None:
    save(tmp_path / "exchange.pcapng", replace(ONE, packets=b"a capture"))
    assert (tmp_path / "exchange.pcapng").read_bytes() == b"a capture"
    with pytest.raises(BadFile, match="none was made"):
        save(tmp_path / "exchange.pcapng", ONE)


def test_what_is_saved_can_be_read_back(tmp_path: Path) -> None:
    save(tmp_path / "exchange.json", ONE)
    assert load(tmp_path / "exchange.json") == torn()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("exchange.png", r"exchange\.png: the name has to end in \.svg, \.html, \.json"),
        ("exchange", "has to end in"),
        ("folder.svg", "is a folder: name a file in it"),
        ("nowhere/exchange.svg", "there is no folder"),
    ],
)
def test_where_nothing_can_be_saved(name: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(BadFile, match=why):
        check(tmp_path / name)


def test_a_json_file_holds_one_exchange(tmp_path: Path) -> None:
    two = Exhibit((("base", torn()), ("patched", whole())))
    with pytest.raises(BadFile, match="holds one exchange"):
        save(tmp_path / "pair.json", two)


@pytest.mark.parametrize("text", ["", "no JSON", "{}", '{"server": 5}', "\x00"])
def test_a_file_that_holds_no_exchange(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(BadFile, match="holds no exchange"):
        load(tmp_path / "x.json")


def test_the_worst_has_the_least_of_its_body() -> None:
    assert worst([whole(), torn(), hung(), whole()]) == hung()
    assert worst([whole()]) == whole()


def test_the_list_has_a_line_for_everything() -> None:
    names = [line.split()[0] for line in listing.lines() if line.startswith("    ")]
    for table in (SERVERS, LINKS, CLIENTS, REQUESTS, FAULTS):
        assert set(table) <= set(names)
    assert all(kind.says for table in (SERVERS, CLIENTS, LINKS) for kind in table.values())


def test_the_list_fits_a_terminal() -> None:
    assert [line for line in listing.lines() if len(line) > 80 and "missing" not in line] == []


def test_the_list_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    said = [line.strip() for line in listing.lines() if "missing here" in line]
    assert "missing here: curl is not installed: get the package curl" in said
    assert "missing here: the bridge needs Node.js: install the package nodejs" in said

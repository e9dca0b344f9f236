"""The log of a search: what was asked, each probe, the finding, as lines of JSON.

Owns: that format. Must not know how a search goes.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from ..judge.bisection import Finding, Rules
from ..judge.probes import Probe, Search
from ..model import RequestError
from ..system.files import replace_bytes
from ..system.home import Home


def write_log(search: Search, path: Path) -> None:
    """Keep a search; raises ``SpuriousError`` if it can not be written."""
    head = {"test": search.test, "states": search.labels, "rules": search.rules}
    lines = [head, *search.probes, {"finding": search.finding}]
    replace_bytes(path, b"".join(msgspec.json.encode(line) + b"\n" for line in lines))


def path_of(search: Search, home: Home, *folders: str) -> Path:
    """Where a search's log is kept, below the workbench's folder."""
    ends = f"{search.test}-{search.labels[0]}-{search.labels[-1]}"
    name = re.sub(r"[^\w.]+", "-", ends)
    return home.folder("searches", *folders) / f"{name[:150]}.jsonl"


def keep(search: Search, home: Home, *folders: str) -> Path:
    """Write a search's log, and say where it is."""
    path = path_of(search, home, *folders)
    write_log(search, path)
    return path


def read_log(path: Path) -> Search:
    """Read a log. Raises ``RequestError`` if it is none or breaks off."""
    try:
        head, *probes, end = path.read_bytes().splitlines()
        first = msgspec.json.decode(head, type=_Head)
        return Search(
            test=first.test,
            labels=first.states,
            rules=first.rules,
            probes=tuple(msgspec.json.decode(line, type=Probe) for line in probes),
            finding=msgspec.json.decode(end, type=_End).finding,
        )
    except OSError as error:
        raise RequestError(f"{path}: {error.strerror}; give the log of a search") from None
    except (ValueError, msgspec.MsgspecError) as error:
        raise RequestError(f"{path}: not the log of a search: {error}") from None


class _Head(msgspec.Struct):
    test: str
    states: tuple[str, ...]
    rules: Rules


class _End(msgspec.Struct):
    finding: Finding

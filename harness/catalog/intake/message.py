"""Who wrote a patch and why, in the form in which ``patchfile.mail`` reads it.

Owns: the heads of Mercurial and of Debian (https://dep-team.pages.debian.net/deps/dep3/).
Must not know diffs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

MERCURIAL = "# HG changeset patch"
FIELD = re.compile(r"(?P<name>[A-Z][A-Za-z-]*): *(?P<value>.*)$")


def as_mail(lines: Sequence[str]) -> list[str]:
    """What stands above the first change, as the head of a mail if it names an author."""
    if MERCURIAL in lines:
        return _from_mercurial(lines[lines.index(MERCURIAL) + 1 :])
    fields = _fields(lines)
    author = fields.get("Author")
    about = fields.get("Description") or fields.get("Subject")
    if author and about and "From" not in fields:
        subject, *rest = about
        return [f"From: {author[0]}", f"Subject: {subject}", "", *rest, "---", *lines]
    return [*lines]


def _from_mercurial(lines: Sequence[str]) -> list[str]:
    said = {}
    message = []
    for line in lines:
        found = re.match(r"# (User|Date|Branch|Node ID|Parent) +(.+)$", line)
        if found:
            said[found[1]] = found[2]
        elif not line.startswith("diff "):
            message.append(line)
    subject, *rest = message or [""]
    made = [f"From: {said.get('User', '')}"]
    if moment := _moment(said.get("Date", "")):
        made.append(f"Date: {moment}")
    return [*made, f"Subject: {subject}", "", *rest, "---"]


def _moment(text: str) -> str:
    """Seconds since 1970 and seconds west of Greenwich, as mails have it."""
    found = re.match(r"(\d+) (-?\d+)$", text)
    if not found:
        return ""
    zone = timezone(-timedelta(seconds=int(found[2])))
    return format_datetime(datetime.fromtimestamp(int(found[1]), UTC).astimezone(zone))


def _fields(lines: Sequence[str]) -> dict[str, list[str]]:
    """The fields of a head, each with the lines that go on with it."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines:
        if field := FIELD.match(line):
            current = found.setdefault(field["name"], [])
            current.append(field["value"])
        elif line.startswith(" ") and current:
            current.append("" if line.strip() == "." else line.strip())
        elif line.strip():
            break
    return found

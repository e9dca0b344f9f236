"""A candidate's files in ``patches/``: the series replaced, everything else left alone.

Owns: writing them. Must not know where the texts come from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from ..catalog.catalog import Description
from ..system.files import replace_text


def write(
    folder: Path,
    before: Mapping[str, str],
    version: str,
    names: Sequence[str],
    texts: Sequence[str],
) -> Iterator[str]:
    """Replace what changed, each file in one step, and say so."""
    after = dict(zip(names, texts, strict=True))
    for each, text in after.items():
        if before.get(each) != text:
            replace_text(folder / each, text)
            yield f"{'changed' if each in before else 'new'}: {folder.name}/{each}"
    description = folder / "candidate.toml"
    old = description.read_bytes().decode("utf-8")
    text = described(old, names, version)
    if text != old:
        replace_text(description, text)
        yield f"changed: {folder.name}/candidate.toml"
    for each in before:
        if each not in after:
            (folder / each).unlink()
            yield f"removed: {folder.name}/{each}"
    if before == after and text == old:
        yield f"unchanged: {folder.name}"


def described(text: str, names: Sequence[str], version: str) -> str:
    """candidate.toml with another series; comments and everything else stay as they are."""
    head, bracket, rest = (
        re.split(r"(?m)(^\[)", text, maxsplit=1) if "\n[" in text else (text, "", "")
    )
    written = msgspec.toml.decode(text.encode(), type=Description)
    if written.series != tuple(names):
        listed = ", ".join(f'"{each}"' for each in names)
        head = re.sub(r"(?ms)^series\s*=\s*\[.*?\]", f"series = [{listed}]", head, count=1)
    if written.made_for != version and (written.draft or written.made_for):
        head = re.sub(
            r"(?m)^#?\s*made_for\s*=.*?(?=\s*(?:#.*)?$)", f'made_for = "{version}"', head, count=1
        )
    head = re.sub(r"(?m)^draft\s*=\s*true.*\n", "", head, count=1)
    return head + bracket + rest

"""A candidate's files in ``patches/``: the series replaced, everything else left alone.

Owns: writing them. Must not know where the texts come from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import tomlkit
from tomlkit import TOMLDocument
from tomlkit.items import Array, Comment

from ..catalog.candidate import Description
from ..model import WorkbenchError
from ..system.files import replace_text

# The skeleton's line for the release that a draft was not made for yet.
RELEASE = re.compile(r"#\s*made_for\s*=")


def write(
    folder: Path,
    before: Mapping[str, str],
    version: str,
    names: Sequence[str],
    texts: Sequence[str],
) -> Iterator[str]:
    """Replace what changed, each file in one step, and say so.

    ``before`` and the new series are texts by file name; ``version`` is the release
    that they are made for. Nothing is written if candidate.toml can not be.
    """
    description = folder / "candidate.toml"
    old = description.read_bytes().decode("utf-8")
    about = described(old, names, version)
    after = dict(zip(names, texts, strict=True))
    for each, text in after.items():
        if before.get(each) != text:
            replace_text(folder / each, text)
            yield f"{'changed' if each in before else 'new'}: {folder.name}/{each}"
    if about != old:
        replace_text(description, about)
        yield f"changed: {folder.name}/candidate.toml"
    for each in before:
        if each not in after:
            (folder / each).unlink()
            yield f"removed: {folder.name}/{each}"
    if before == after and about == old:
        yield f"unchanged: {folder.name}"


def described(text: str, names: Sequence[str], version: str) -> str:
    """candidate.toml with another series; comments and everything else stay as they are.

    A draft is none any more, and ``version`` is what it was made for, as it is for a
    candidate that says a release. Raises ``WorkbenchError`` if that can not be written
    into this text.
    """
    written = msgspec.toml.decode(text.encode(), type=Description)
    says_release = written.draft or bool(written.made_for)
    wanted = msgspec.structs.replace(
        written,
        series=tuple(names),
        made_for=version if says_release else "",
        draft=False,
    )
    if written == wanted:
        return text
    document = tomlkit.parse(text)
    if written.draft:
        document.remove("draft")
    if written.series != wanted.series:
        _set_series(document, names)
    if written.made_for != wanted.made_for:
        _set_release(document, version)
    new = document.as_string()
    if msgspec.toml.decode(new.encode(), type=Description) != wanted:
        raise WorkbenchError(f"candidate.toml can not be rewritten; set series = {list(names)}")
    return new


def _set_series(document: TOMLDocument, names: Sequence[str]) -> None:
    """Change no more of the list than its end, so that its lines and comments stay."""
    listed = document.get("series")
    if not isinstance(listed, Array):
        document["series"] = list(names)
        return
    same = 0
    while same < min(len(listed), len(names)) and listed[same] == names[same]:
        same += 1
    del listed[same:]
    for name in names[same:]:
        listed.append(name)


def _set_release(document: TOMLDocument, version: str) -> None:
    """Where the skeleton has a comment for it, that becomes the line."""
    for place, (key, item) in enumerate(document.body):
        if key is None and isinstance(item, Comment) and RELEASE.match(item.as_string().strip()):
            line = tomlkit.string(version)
            line.trivia.trail = item.trivia.trail
            document.body[place] = (tomlkit.key("made_for"), line)
            return
    document["made_for"] = version

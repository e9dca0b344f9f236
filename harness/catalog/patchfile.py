"""Reading one patch file: what it touches, and whether it may be applied at all.

Owns: the refusal of patches that are not patches or that reach outside a tree.
Must not know trees or git; nothing has been written when a patch is refused.
"""

from __future__ import annotations

import re
from email import message_from_string
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import PurePosixPath

from unidiff import PatchSet
from unidiff.errors import UnidiffParseError

from ..model import RequestError, Value
from .intake.diffs import diff_in

END_OF_MESSAGE = r"^---$|^diff |^Index: |^--- \S.*\n\+\+\+ "
SYMLINK_MODE = "120000"
SUBMODULE_MODE = "160000"
# Changes that are no lines: unidiff leaves them out.
UNSHOWN = re.compile(r"^(?:GIT binary patch$|(?:rename|copy) from |new mode |new file mode )", re.M)
NO_AUTHOR = ("Upstream patch workbench", "workbench@localhost")


class Mail(Value, frozen=True):
    """The head of a patch made by ``git format-patch``."""

    author: str
    address: str
    date: str
    message: str


def parse(text: str, name: str) -> PatchSet:
    """The patch, read. Raises ``RequestError`` if there is none in ``text``."""
    try:
        patch = PatchSet(text, metadata_only=False)
    except UnidiffParseError as error:
        raise RequestError(f"{name}: not a well-formed patch: {error}") from None
    if not patch and not UNSHOWN.search(text):
        raise RequestError(
            f"{name}: no patch in it; make one with `git diff` or `git format-patch`"
        )
    return patch


def check(text: str, name: str) -> list[str]:
    """The paths that a patch touches, or ``RequestError`` if it may not be applied."""
    parse(text, name)
    paths = sorted(_paths(text, name))
    if not paths:
        raise RequestError(
            f"{name}: it names no file; make it with `git diff` or `git format-patch`"
        )
    for path in paths:
        parts = PurePosixPath(path).parts
        if path.startswith(("/", "~")) or ".." in parts or "\\" in path:
            raise RequestError(f"{name}: refused: {path!r} reaches outside the tree")
        if any(part.lower() == ".git" for part in parts):
            raise RequestError(f"{name}: refused: {path!r} is inside a repository's own folder")
    for mode in re.findall(r"^(?:new file mode|new mode|old mode|index \S+) (\d{6})$", text, re.M):
        if mode in (SYMLINK_MODE, SUBMODULE_MODE):
            kind = "a symbolic link" if mode == SYMLINK_MODE else "a submodule"
            raise RequestError(f"{name}: refused: it makes or changes {kind}")
    return paths


def _paths(text: str, name: str) -> set[str]:
    """Every path named in the patch's headers, as git strips them (``-p1``)."""
    files = diff_in(text, name).files
    found = {_strip(path) for file in files for path in file.names.names}
    for path in re.findall(r"^(?:rename|copy) (?:from|to) (.+)$", text, re.M):
        found.add(path.strip().strip('"'))
    return found


def _strip(path: str) -> str:
    path = path.strip().strip('"')
    return path[2:] if path[:2] in ("a/", "b/") else path


def mail(text: str, name: str) -> Mail:
    """Author, date and message of a patch; a plain diff gets the workbench's own."""
    if not re.match(r"From [0-9a-f]{40} |From: |Subject: ", text):
        return Mail(*NO_AUTHOR, date="", message=f"Apply {name}\n")
    message = message_from_string(text)
    author, address = parseaddr(_header(message["From"]))
    subject = re.sub(r"^\[PATCH[^\]]*\]\s*", "", _header(message["Subject"]))
    payload = str(message.get_payload())
    body = re.split(END_OF_MESSAGE, payload, maxsplit=1, flags=re.M)[0].strip()
    return Mail(
        author=author or NO_AUTHOR[0],
        address=address or NO_AUTHOR[1],
        date=_header(message["Date"]),
        message=f"{subject}\n\n{body}\n" if body else f"{subject}\n",
    )


def _header(value: object) -> str:
    text = str(make_header(decode_header(str(value or ""))))
    return re.sub(r"\s*\n\s+", " ", text)


def has_no_context(text: str) -> bool:
    """Whether hunks of it change a file in its midst and no line stands around them."""
    hunks = [
        hunk
        for file in parse(text, "the patch")
        if not (file.is_added_file or file.is_removed_file)
        for hunk in file
    ]
    # One that begins with the first line may be all that a file has.
    is_within = any(hunk.source_start > 1 for hunk in hunks)
    return is_within and not any(line.is_context for hunk in hunks for line in hunk)


def hunk_at(text: str, path: str, line: int) -> str:
    """Which hunk of ``path`` starts at source ``line``: ``hunk 2 of 3 (@@ … @@)``."""
    for file in parse(text, path):
        if path in (file.path, _strip(file.source_file), _strip(file.target_file)):
            for number, hunk in enumerate(file, 1):
                if hunk.source_start <= line < hunk.source_start + max(hunk.source_length, 1):
                    head = f"@@ -{hunk.source_start},{hunk.source_length} @@"
                    where = f" {hunk.section_header}" if hunk.section_header else ""
                    return f"hunk {number} of {len(file)} ({head}{where})"
    return f"line {line}"

"""Who a commit is from, and everybody else to whom credit is due. Pure.

Owns: co-authors and thanks in a commit's message. Must not know git.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from typing import NamedTuple

from ..catalog import patchfile
from ..model import Patch

ADDRESSED = re.compile(r"(?P<name>.+?) <(?P<address>[^<>\s]+@[^<>\s]+)>")
TRAILER = re.compile(r"[A-Z][\w-]+: .+")
WIDTH = 72


class Sender(NamedTuple):
    """Who a commit is from."""

    name: str
    address: str

    @property
    def is_placeholder(self) -> bool:
        """Whether nobody has put a name to the change yet."""
        return tuple(self) == patchfile.NO_AUTHOR


def credited(message: str, credits: Iterable[str], sender: Sender) -> str:
    """The message with everyone to whom credit is due, once.

    With an address somebody is a co-author, as GitHub and git read it; without one
    the text names them, unless it does already.
    """
    body, trailers = _apart(message)
    for credit in dict.fromkeys(credits):
        known = ADDRESSED.fullmatch(credit)
        if known and (known["name"], known["address"]) == tuple(sender):
            continue
        if known:
            line = f"Co-authored-by: {credit}"
            trailers += [line] if line.lower() not in message.lower() else []
        elif credit not in re.sub(r"\s+", " ", message):
            thanks = textwrap.fill(f"Based on work by {credit}.", WIDTH)
            body = f"{body}\n\n{thanks}"
    return "\n\n".join(filter(None, [body, "\n".join(trailers)])) + "\n"


def authors(patches: Iterable[Patch]) -> list[str]:
    """Whoever wrote a patch that is squashed into the one commit of another author."""
    mails = [patchfile.mail(each.text, each.name) for each in patches]
    senders = [Sender(mail.author, mail.address) for mail in mails]
    return [f"{each.name} <{each.address}>" for each in senders if not each.is_placeholder]


def _apart(message: str) -> tuple[str, list[str]]:
    """A message's text and its trailers, if its last paragraph is only those."""
    head, _, last = message.rstrip().rpartition("\n\n")
    lines = last.splitlines()
    if head and lines and all(TRAILER.fullmatch(line) for line in lines):
        return head, lines
    return message.rstrip(), []

"""Patches out of the mails that they were sent in.

Owns: mailboxes, parts and their encodings, and signatures in the clear (RFC 9580, 7).
Must not know diffs, beyond what a part has to have in it to be looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import NamedTuple, cast

START = re.compile(rb"^From [^\n]*\d\d:\d\d[^\n]*\n(?=[A-Za-z][\w-]*: )", re.MULTILINE)
HEAD = re.compile(rb"(?:From [^\n]*\n)?(?:[A-Za-z][\w-]*: [^\n]*\n(?:[ \t]+[^\n]*\n)*){2,}\n")
FIELDS = (b"\nSubject:", b"\nFrom:", b"\nMIME-Version:", b"\nContent-Type:")
SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
PARTS = ("text/x-patch", "text/x-diff", "application/x-patch", "application/octet-stream")
FLOWED = "flowed"
PLAIN = ("7bit", "8bit", "")


def split(data: bytes) -> list[bytes]:
    """Each mail of a mailbox; the data itself if it is none."""
    starts = [found.start() for found in START.finditer(data)]
    starts = [at for at in starts if at == 0 or data[at - 1 : at] == b"\n"]
    if not starts or data[: starts[0]].strip():
        return [data]
    return [data[at:end] for at, end in zip(starts, [*starts[1:], len(data)], strict=True)]


def is_mail(data: bytes) -> bool:
    """Whether it begins with the head of a mail."""
    head = HEAD.match(data)
    return (
        bool(head)
        and sum(field in b"\n" + cast("re.Match[bytes]", head)[0] for field in FIELDS) > 1
    )


def is_encoded(data: bytes) -> bool:
    """Whether a mail says that its text is not as it stands there."""
    mail = message_from_bytes(data)
    encoding = str(mail.get("Content-Transfer-Encoding", "")).lower().strip()
    return mail.is_multipart() or encoding not in PLAIN or mail.get_param("format") == FLOWED


class Part(NamedTuple):
    """The content of a part. ``joined`` is what it is if its mailer wrapped long lines
    (``format=flowed``: RFC 3676, 4.2); None where it can not have."""

    content: bytes
    joined: bytes | None = None


def parts(data: bytes) -> tuple[str, list[Part]]:
    """The head and the prose of a mail, and the content of each part that may be a patch.

    Attachments come alone if there are any that look like one.
    """
    mail = cast(EmailMessage, message_from_bytes(data, policy=policy.compat32))
    texts: list[Part] = []
    attached: list[Part] = []
    for part in _leaves(mail):
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        found = Part(content)
        if part.get_param("format") == FLOWED:
            found = _flowed(content, part.get_param("delsp") == "yes")
        name = str(part.get_filename() or "")
        is_named = re.search(r"\.(?:patch|diff|txt)(?:\.(?:gz|bz2|xz))?$", name)
        if is_named or (part.get_content_type() in PARTS and name):
            attached.append(found)
        elif part.get_content_type() in ("text/plain", *PARTS):
            texts.append(found)
    head = "".join(
        f"{field}: {mail[field]}\n" for field in ("From", "Date", "Subject") if mail[field]
    )
    if not attached:
        return head + "\n", texts
    said = (
        b"".join(each.content for each in texts)
        .decode("utf-8", "replace")
        .replace("\r\n", "\n")
        .strip()
    )
    return f"{head}\n{said}\n---\n", attached


def _flowed(content: bytes, is_blank_added: bool) -> Part:
    """A flowed text, as it is and with its lines joined that end in a blank.

    Every line that began with a blank was given one more (RFC 3676, 4.4).
    """
    lines = [line.removeprefix(b" ") for line in content.replace(b"\r\n", b"\n").split(b"\n")]
    joined: list[bytes] = []
    is_open = False
    for line in lines:
        if is_open:
            joined[-1] = (joined[-1][:-1] if is_blank_added else joined[-1]) + line
        else:
            joined.append(line)
        # Two dashes and a blank stand above a signature; a line of blanks is context that a
        # mailer did not trim.
        is_open = line.endswith(b" ") and line != b"-- " and bool(line.strip())
    return Part(b"\n".join(lines), b"\n".join(joined))


def _leaves(mail: EmailMessage) -> Iterator[EmailMessage]:
    for part in mail.walk():
        if not part.is_multipart():
            yield part


def unsigned(text: str) -> str:
    """The text that was signed in the clear, without the dashes that protect its lines."""
    if SIGNED not in text:
        return text
    above, _, rest = text.partition(SIGNED)
    _, _, rest = rest.partition("\n\n")
    body, _, _ = rest.partition(SIGNATURE)
    return above + re.sub(r"^- ", "", body, flags=re.MULTILINE)

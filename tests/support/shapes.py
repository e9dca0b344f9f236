"""One small patch in every shape in which people have patches in hand.

For tests only. ``SAME`` are shapes of one change (``OLD`` to ``NEW``), ``OTHER`` bring
trees of their own, ``REFUSED`` are what may not be taken, with what has to be said of it.
Nothing here is made by another program, except where git alone can write the shape.
"""

from __future__ import annotations

import base64
import bz2
import difflib
import email.message
import gzip
import hashlib
import html
import lzma
import quopri
import re
import zlib
from collections.abc import Callable, Mapping
from typing import NamedTuple

Files = Mapping[str, bytes]

SERVER = b"".join(
    b"def step_%d(connection):\n    connection.send(b'%d')\n    return %d\n\n\n" % (n, n, n)
    for n in range(12)
)
TESTS = b"class StepTests:\n    def test_step(self):\n        assert step_1(None) == 1\n"
OLD: Files = {"django/server.py": SERVER, "tests/servers/tests.py": TESTS, "AUTHORS": b"A\n"}
NEW: Files = {
    "django/server.py": SERVER.replace(b"return 2\n", b"return 'two'\n").replace(
        b"    connection.send(b'9')\n", b"    connection.send(b'9')\n    connection.flush()\n"
    ),
    "tests/servers/tests.py": TESTS.replace(b"== 1", b"== 'one'"),
    "AUTHORS": b"A\n",
}
AUTHOR = "Ada Example <ada@example.com>"
COMMIT = "0123456789012345678901234567890123456789"
STAMP = "2025-09-01 12:00:00.000000000 +0200"
EPOCH = "1970-01-01 00:00:00.000000000 +0000"
MAIL_HEAD = f"""\
From {COMMIT} Mon Sep 17 00:00:00 2001
From: {AUTHOR}
Date: Mon, 1 Sep 2025 12:00:00 +0200
Subject: [PATCH] Answered with words.

The numbers were too short.
"""


class Case(NamedTuple):
    """A patch with the trees before and after it."""

    old: Files
    new: Files
    data: bytes


class Refusal(NamedTuple):
    """What may not be taken, and a pattern of what has to be said of it."""

    data: bytes
    said: str


def diff(
    old: Files,
    new: Files,
    head: Callable[[str], str] = lambda path: f"diff --git a/{path} b/{path}\n",
    left: str = "a/{}",
    right: str = "b/{}",
    context: int = 3,
) -> str:
    """A unified diff of two trees, each file with its own head; bytes are Latin-1."""
    made = ""
    for path in sorted({*old, *new}):
        lines = list(
            difflib.unified_diff(
                _lines(old.get(path, b"")),
                _lines(new.get(path, b"")),
                left.format(path),
                right.format(path),
                n=context,
            )
        )
        made += head(path) + "".join(map(_ended, lines)) if lines else ""
    return made


def _lines(content: bytes) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+\Z", content.decode("latin-1"))


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def nothing(path: str) -> str:
    """No head above ``---``."""
    return ""


def subversion(path: str) -> str:
    """The head that ``svn diff`` writes."""
    return f"Index: {path}\n{'=' * 67}\n"


def recursive(path: str) -> str:
    """The head that ``diff -Nru`` writes."""
    return f"diff -Nru django-5.2.6.orig/{path} django-5.2.6/{path}\n"


GIT = diff(OLD, NEW)
BARE = diff(OLD, NEW, nothing)


def context_diff() -> str:
    """The same as a context diff."""
    made = ""
    for path, old in OLD.items():
        lines = difflib.context_diff(_lines(old), _lines(NEW[path]), f"a/{path}", f"b/{path}")
        made += "".join(lines)
    return made


def mail(text: str = GIT, encoding: str = "8bit", number: str = "") -> bytes:
    """A mail with a patch as its text."""
    head = MAIL_HEAD.replace("[PATCH]", f"[PATCH {number}]" if number else "[PATCH]")
    body = f"{head.partition(chr(10) * 2)[2]}---\n{text}-- \n2.39.5\n\n"
    head = head.partition("\n\n")[0] + "\nMIME-Version: 1.0\nContent-Type: text/plain\n"
    head += f"Content-Transfer-Encoding: {encoding}\n\n"
    if encoding == "quoted-printable":
        return head.encode() + quopri.encodestring(body.encode())
    return head.encode() + (
        base64.encodebytes(body.encode()) if encoding == "base64" else body.encode()
    )


WORDS = r"(?=.?\s*\S+ ).{{1,{}}} (?=\S)"


def flowed(width: int = 0, text: str = GIT) -> bytes:
    """A mail whose text flows (RFC 3676): blanks are added before lines that begin with one,
    and lines longer than ``width`` are wrapped, if it is given."""
    made = []
    for line in text.splitlines():
        rest = line
        # No mailer wraps within an indentation.
        while width and len(rest) > width and (words := re.match(WORDS.format(width), rest)):
            made.append(words[0])
            rest = rest[words.end() :]
        made.append(rest)
    stuffed = "".join(f" {each}\n" if each[:1] == " " else f"{each}\n" for each in made)
    return mail(stuffed).replace(b"text/plain\n", b"text/plain; charset=utf-8; format=flowed\n")


def attached(data: bytes, name: str = "fix.patch") -> bytes:
    """A mail that has a patch as its attachment, in base64."""
    message = email.message.EmailMessage()
    message["From"], message["Subject"] = AUTHOR, "Answered with words."
    message.set_content("Here is my patch.\n")
    message.add_attachment(data, "application", "octet-stream", filename=name)
    return message.as_bytes()


def signed(text: str) -> str:
    """A text signed in the clear: a line that begins with a dash is protected by one more."""
    body = re.sub(r"^-", "- -", text, flags=re.MULTILINE)
    return (
        f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{body}"
        "-----BEGIN PGP SIGNATURE-----\n\niQIzBAEBCgAdFiEE\n-----END PGP SIGNATURE-----\n"
    )


def mailbox() -> bytes:
    """Two mails, each with the patch of one file."""
    first, second = (
        mail(diff({path: OLD[path]}, {path: NEW[path]}), number=f"{number}/2")
        for number, path in enumerate(("django/server.py", "tests/servers/tests.py"), 1)
    )
    return first + second


def trac(text: str = GIT) -> str:
    """The page on which Trac shows a patch as tables."""
    tables = ""
    for part in re.split(r"^diff --git .*\n", text, flags=re.M)[1:]:
        name, rows, old, new = "", "", 0, 0
        for line in part.splitlines():
            start = re.match(r"@@ -(\d+)(?:,\d+)? \+(\d+)", line)
            if line.startswith("--- "):
                name = line[6:]
            elif start:
                skipped = '<tbody class="skipped"><tr><th>…</th><th>…</th><td></td></tr></tbody>'
                rows += skipped if rows else ""
                old, new = int(start[1]), int(start[2])
            elif not line.startswith("+++ "):
                mark, code = line[0], html.escape(line[1:]).replace("  ", "&nbsp; ")
                numbers = f"<th>{old if mark in ' -' else '&nbsp;'}</th>"
                numbers += f"<th>{new if mark in ' +' else '&nbsp;'}</th>"
                kind = {" ": "unmod", "-": "rem", "+": "add"}[mark]
                side = "r" if mark == "+" else "l"
                cell = f'<td class="{side}"><span>{code}</span>&nbsp;</td>'
                rows += f'<tbody class="{kind}"><tr>{numbers}{cell}</tr></tbody>'
                old, new = old + (mark in " -"), new + (mark in " +")
        tables += (
            f'<li class="entry"><h2>{name}</h2><table class="trac-diff inline"><thead><tr>'
            f'<th title="File {name}">a/{name}</th><th title="File {name}">b/{name}</th>'
            f"<th><em></em></th></tr></thead>{rows}</table></li>"
        )
    return f'<!DOCTYPE html>\n<html><body><div class="diff"><ul>{tables}</ul></div></body></html>\n'


def trac_listing(text: str = GIT) -> str:
    """The page on which Trac shows a patch as a listing with numbers."""
    rows = "".join(
        f'<tr><th id="L{number}"><a href="#L{number}">{number}</a></th>'
        f"<td>{html.escape(line)}</td></tr>\n"
        for number, line in enumerate(text.splitlines(), 1)
    )
    return f'<html><body><table class="code"><tbody>{rows}</tbody></table></body></html>\n'


MERCURIAL = f"""\
# HG changeset patch
# User {AUTHOR}
# Date 1756720800 -7200
# Node ID {COMMIT}
# Parent  {COMMIT}
Answered with words.

The numbers were too short.

"""

SAME: dict[str, bytes] = {
    "git": GIT.encode(),
    "git without prefixes": diff(
        OLD,
        NEW,
        lambda path: f"diff --git {path} {path}\nindex 1111111..2222222 100644\n",
        "{}",
        "{}",
    ).encode(),
    "git with mnemonic prefixes": diff(
        OLD, NEW, lambda path: f"diff --git i/{path} w/{path}\n", "i/{}", "w/{}"
    ).encode(),
    "git two folders up": diff(
        OLD, NEW, lambda path: f"diff --git a/src/{path} b/src/{path}\n", "a/src/{}", "b/src/{}"
    ).encode(),
    "quilt": diff(OLD, NEW, lambda path: f"Index: b/{path}\n{'=' * 67}\n").encode(),
    "quilt with a head": f"Description: words\nAuthor: {AUTHOR}\n\n{BARE}".encode(),
    "quilt p0": diff(OLD, NEW, nothing, "{}.orig", "{}").encode(),
    "subversion": diff(OLD, NEW, subversion, "{}\t(revision 17)", "{}\t(working copy)").encode(),
    "subversion pasted": diff(
        OLD, NEW, subversion, "{}    (revision 17)", "{}    (working copy)"
    ).encode(),
    "mercurial": (
        MERCURIAL
        + diff(
            OLD,
            NEW,
            lambda path: f"diff -r {COMMIT[:12]} -r {COMMIT[:12]} {path}\n",
            "a/{}\tMon Sep 01 12:00:00 2025 +0200",
            "b/{}\tMon Sep 01 12:00:01 2025 +0200",
        )
    ).encode(),
    "diff with dates": diff(
        OLD, NEW, recursive, f"django-5.2.6.orig/{{}}\t{STAMP}", f"django-5.2.6/{{}}\t{STAMP}"
    ).encode(),
    "one release's folder": diff(OLD, NEW, nothing, "django-5.2.6/{}", "django-5.2.6/{}").encode(),
    "a checkout called as its package": diff(OLD, NEW, nothing, "django/{}", "django/{}").encode(),
    "two checkouts": diff(OLD, NEW, nothing, "old/{}", "new/{}").encode(),
    "absolute paths": diff(OLD, NEW, nothing, "/home/me/dj/{}", "/home/me/mine/{}").encode(),
    "p0": diff(OLD, NEW, nothing, "{}", "{}").encode(),
    "p2": diff(OLD, NEW, nothing, "x/src/{}", "y/src/{}").encode(),
    "an editor's copy": diff(OLD, NEW, nothing, "{}~", "{}").encode(),
    "no header": BARE.encode(),
    "zero context": diff(OLD, NEW, context=0).encode(),
    "context diff": context_diff().encode(),
    "gzip": gzip.compress(GIT.encode()),
    "bzip2": bz2.compress(GIT.encode()),
    "xz": lzma.compress(GIT.encode()),
    "UTF-16 with a mark": GIT.replace("\n", "\r\n").encode("utf-16"),
    "UTF-16 without a mark": GIT.encode("utf-16-le"),
    "UTF-16, big end first": b"\xfe\xff" + GIT.encode("utf-16-be"),
    "byte order mark": b"\xef\xbb\xbf" + GIT.encode(),
    "CRLF": GIT.replace("\n", "\r\n").encode(),
    "no last line end": GIT.encode().rstrip(b"\n"),
    "a mail": mail(),
    "a mail with CRLF": mail().replace(b"\n", b"\r\n"),
    "a mail in quoted-printable": mail(encoding="quoted-printable"),
    "a mail that flows": flowed(),
    "a mail that flows and was wrapped": flowed(24),
    "a mail in base64": mail(encoding="base64"),
    "an attachment": attached(GIT.encode()),
    "a packed attachment": attached(gzip.compress(GIT.encode()), "fix.patch.gz"),
    "a quoted mail": re.sub(r"^", "> ", GIT, flags=re.M).removesuffix("> ").encode(),
    "signed": signed(GIT).encode(),
    "a signed mail": (MAIL_HEAD + "\n" + signed(GIT)).encode(),
    "Trac's tables": trac().encode(),
    "Trac's listing": trac_listing().encode(),
    "a page with plain text": f"<html><body><pre>{html.escape(GIT)}</pre></body></html>".encode(),
    "a mailbox": mailbox(),
}

WINDOWS = b"first\r\nsecond\r\nthird\r\n"
PICTURE = bytes(range(90))
ODD = {"django/odd.py": b"# caf\xe9 \x0c\nodd = 1\n\x0c\neven = 2\n"}
WEIRD = {"django/a b.py": b"a = 1\n"}


def literal(content: bytes) -> bytes:
    """Half of git's binary hunk: at most 52 bytes a line, whose first letter counts them."""
    packed = zlib.compress(content)
    lines = b""
    for part in (packed[start : start + 52] for start in range(0, len(packed), 52)):
        count = len(part) - 1 + (ord("A") if len(part) <= 26 else ord("a") - 26)
        lines += bytes([count]) + base64.b85encode(part, pad=True) + b"\n"
    return b"literal %d\n%s\n" % (len(content), lines)


def _object(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0%s" % (len(content), content)).hexdigest()


def _changed(files: Files, old: bytes, new: bytes) -> Files:
    return {path: content.replace(old, new) for path, content in files.items()}


def _git(path: str, *extended: str, body: str = "") -> bytes:
    return (f"diff --git a/{path} b/{path}\n" + "".join(f"{e}\n" for e in extended) + body).encode()


MIXED = {**OLD, "django/windows.txt": WINDOWS}
MIXED_NEW = {**NEW, "django/windows.txt": WINDOWS.replace(b"second", b"2nd")}

OTHER: dict[str, Case] = {
    "CRLF as content of some hunks": Case(MIXED, MIXED_NEW, diff(MIXED, MIXED_NEW).encode()),
    "CRLF content below CRLF headers": Case(
        MIXED,
        MIXED_NEW,
        re.sub(
            r"^((?:--- |\+\+\+ |@@ |Index|===).*)$",
            r"\1\r",
            diff(MIXED, MIXED_NEW, subversion, "{}\t(revision 1)", "{}\t(working copy)"),
            flags=re.M,
        ).encode(),
    ),
    "bytes that are no UTF-8": Case(
        ODD,
        _changed(ODD, b"odd = 1", b"odd = '\xe9'"),
        diff(ODD, _changed(ODD, b"odd = 1", b"odd = '\xe9'")).encode("latin-1"),
    ),
    "a form feed": Case(
        {"django/f.py": b"a\n\x0c\nb\n"},
        {"django/f.py": b"a\n\x0c\nc\x0bd\n"},
        diff({"django/f.py": b"a\n\x0c\nb\n"}, {"django/f.py": b"a\n\x0c\nc\x0bd\n"}).encode(),
    ),
    "a name with blanks": Case(
        WEIRD,
        _changed(WEIRD, b"1", b"2"),
        diff(WEIRD, _changed(WEIRD, b"1", b"2"), nothing).encode(),
    ),
    "a name with blanks, and dates": Case(
        WEIRD,
        _changed(WEIRD, b"1", b"2"),
        diff(
            WEIRD, _changed(WEIRD, b"1", b"2"), nothing, f"a/{{}}\t{STAMP}", f"b/{{}}\t{STAMP}"
        ).encode(),
    ),
    "a quoted name": Case(
        {"django/é.py": b"a\n"},
        {"django/é.py": b"b\n"},
        diff(
            {"django/é.py": b"a\n"},
            {"django/é.py": b"b\n"},
            lambda path: 'diff --git "a/django/\\303\\251.py" "b/django/\\303\\251.py"\n',
        )
        .encode("latin-1")
        .decode("latin-1")
        .replace("--- a/django/é.py", '--- "a/django/\\303\\251.py"')
        .replace("+++ b/django/é.py", '+++ "b/django/\\303\\251.py"')
        .encode(),
    ),
    "a new file, by its date": Case(
        {"django/x.py": b"x\n"},
        {"django/x.py": b"x\n", "django/new.py": b"new\n"},
        diff(
            {},
            {"django/new.py": b"new\n"},
            recursive,
            f"django-5.2.6.orig/{{}}\t{EPOCH}",
            f"django-5.2.6/{{}}\t{STAMP}",
        ).encode(),
    ),
    "a file that goes, by its revision": Case(
        {"django/x.py": b"x\n", "django/old.py": b"old\n"},
        {"django/x.py": b"x\n"},
        diff(
            {"django/old.py": b"old\n"}, {}, subversion, "{}\t(revision 3)", "{}\t(nonexistent)"
        ).encode(),
    ),
    "an empty file, by git": Case(
        {"django/x.py": b"x\n"},
        {"django/x.py": b"x\n", "django/n/__init__.py": b""},
        _git("django/n/__init__.py", "new file mode 100644", "index 0000000..e69de29"),
    ),
    "an empty file, by diff": Case(
        {"django/x.py": b"x\n"},
        {"django/x.py": b"x\n", "django/n/__init__.py": b""},
        b"diff -Nru old/django/n/__init__.py new/django/n/__init__.py\n",
    ),
    "an empty file, by Subversion": Case(
        {"django/x.py": b"x\n"},
        {"django/x.py": b"x\n", "django/n/__init__.py": b""},
        b"Index: django/n/__init__.py\n" + b"=" * 67 + b"\n",
    ),
    "a rename": Case(
        {"django/old.py": b"x\n"},
        {"django/new.py": b"x\n"},
        b"diff --git a/django/old.py b/django/new.py\nsimilarity index 100%\n"
        b"rename from django/old.py\nrename to django/new.py\n",
    ),
    "a rename two folders up": Case(
        {"django/old.py": b"x\n"},
        {"django/new.py": b"x\n"},
        b"diff --git a/src/django/old.py b/src/django/new.py\nsimilarity index 100%\n"
        b"rename from src/django/old.py\nrename to src/django/new.py\n",
    ),
    "a copy": Case(
        {"django/old.py": b"x\n"},
        {"django/old.py": b"x\n", "django/new.py": b"x\n"},
        b"diff --git a/django/old.py b/django/new.py\nsimilarity index 100%\n"
        b"copy from django/old.py\ncopy to django/new.py\n",
    ),
    "a binary file": Case(
        {"django/x.py": b"x\n"},
        {"django/x.py": b"x\n", "django/x.png": PICTURE},
        _git("django/x.png", "new file mode 100644", f"index {'0' * 40}..{_object(PICTURE)}")
        + b"GIT binary patch\n"
        + literal(PICTURE)
        + literal(b""),
    ),
    "a comment that looks like a head": Case(
        {"django/q.sql": b"-- one\nrest\n"},
        {"django/q.sql": b"++ two\nrest\n"},
        diff({"django/q.sql": b"-- one\nrest\n"}, {"django/q.sql": b"++ two\nrest\n"}).encode(),
    ),
}
MODE = _git("django/server.py", "old mode 100644", "new mode 100755")

_LAST = GIT.rindex("@@ ")
REFUSED: dict[str, Refusal] = {
    "nothing": Refusal(b"", "nothing to judge"),
    "blank lines": Refusal(b"\n\n", "nothing to judge"),
    "prose": Refusal(b"Dear all,\nthis is my patch.\n", "no patch in it, so .* nothing to judge"),
    "a mail without a patch": Refusal(MAIL_HEAD.encode(), "no patch in it"),
    "an ed script": Refusal(b"12c\nreturn 'two'\n.\n3,4d\n", "an ed script"),
    "an RCS script": Refusal(b"d12 1\na12 1\nreturn 'two'\n", "an ed script"),
    "a combined diff": Refusal(
        b"diff --cc django/server.py\nindex 1,2..3\n--- a/django/server.py\n"
        b"+++ b/django/server.py\n@@@ -1,1 -1,1 +1,1 @@@\n- a\n -b\n++c\n",
        "combined diff of a merge",
    ),
    "a normal diff": Refusal(b"12c12\n< return 2\n---\n> return 'two'\n", "a normal diff"),
    "a hunk without names": Refusal(
        b"@@ -1,2 +1,2 @@\n a\n-b\n+c\n", "a hunk stands there that names no file"
    ),
    "cut off in a hunk": Refusal(
        "\n".join(GIT.splitlines()[:-2]).encode(), r"hunk 1 of b?/?tests/.* is cut off: .* missing"
    ),
    "cut off in git's first line": Refusal(b'diff --git "a/django/x', "nothing follows its head"),
    "a head of nothing": Refusal(
        b"diff --git a/x b/x\n--- /dev/null\n+++ /dev/null\n", "nothing follows its head"
    ),
    "cut off before a hunk": Refusal(GIT[:_LAST].encode(), "nothing follows its head"),
    "cut off without git's head": Refusal(
        BARE[: BARE.rindex("@@ ")].encode(), "no hunk follows its head"
    ),
    "cut off in the first of two mails": Refusal(
        mail("\n".join(GIT.splitlines()[:-2]) + "\n") + mail(), "cut off|indentation is gone"
    ),
    "cut off between two files": Refusal(
        re.sub(r".*\n(?=--- a/tests)", "", BARE).encode(), "hunk 2 of .*server.py is cut off"
    ),
    "a context diff that is cut off": Refusal(
        "\n".join(context_diff().splitlines()[:-1]).encode(), "is cut off"
    ),
    "a binary hunk that is cut off": Refusal(
        OTHER["a binary file"].data.partition(b"\nliteral 0")[0][:-9], "binary hunk is cut off"
    ),
    "a hunk with a line too many": Refusal(
        GIT.replace("+    connection.flush()\n", "+    connection.flush()\n+    more()\n").encode(),
        "is damaged: (?:it has more lines|its lines)",
    ),
    "a binary file without content": Refusal(
        GIT.encode() + b"diff --git a/django/x.png b/django/x.png\nindex 1111111..2222222 100644\n"
        b"Binary files a/django/x.png and b/django/x.png differ\n",
        "binary file differs",
    ),
    "a file on one side only": Refusal(
        BARE.encode() + b"Only in new/django: added.py\n", "on one side only"
    ),
    "context without its blank": Refusal(
        re.sub(r"^ ", "", GIT, flags=re.M).replace("\n    ", "\n").encode(), "indentation is gone"
    ),
    "lines without their indentation": Refusal(
        re.sub(r"^([ +-]) +", r"\1", GIT, flags=re.M).encode(), "indentation is gone"
    ),
    "damaged gzip": Refusal(gzip.compress(GIT.encode())[:-20], "damaged or cut off"),
    "a mailbox with a mail missing": Refusal(
        mail(number="1/3") + mail(number="3/3"), "patch 2 of 3 is missing"
    ),
}

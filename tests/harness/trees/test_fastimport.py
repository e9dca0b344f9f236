"""The stream that git reads: its bytes, without git."""

from __future__ import annotations

import io

from harness.trees import fastimport


def written(*entries: fastimport.Entry) -> bytes:
    stream = io.BytesIO()
    fastimport.write(stream, entries, "refs/tags/x", "django 1.0\n")
    return stream.getvalue()


def test_a_stream_replaces_everything_and_says_that_it_is_whole() -> None:
    text = written(("a/b", 0o100644, b"x\n"))
    assert text.startswith(b"feature done\ncommit refs/tags/x\n")
    assert b'\ndeleteall\nM 100644 inline "a/b"\ndata 2\nx\n\n' in text
    assert text.endswith(b"\ndone\n")


def test_what_a_file_holds_is_never_taken_for_a_command() -> None:
    data = b"\ndone\nreset refs/heads/main\n"
    assert b"data %d\n%s\n" % (len(data), data) in written(("a", 0o100644, data))


def test_names_are_quoted() -> None:
    assert rb'inline "with \"quotes\", \\ and \n"' in written(
        ('with "quotes", \\ and \n', 0o100644, b"")
    )


def test_the_same_files_are_the_same_bytes() -> None:
    assert written(("a", 0o100644, b"x")) == written(("a", 0o100644, b"x"))

"""What the notes say that commands print: it is found, compared, and dated."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support import claims
from support.claims import Step

NOTE = """\
# A note

```console claim
$ echo one; \\
  echo two
one
two
$ echo three
three
```

```console 2026-11-20
$ sleep 1000
long
```

```console 2026-11-10
$ sleep 2000
longer
```

```console
$ type this
```

```sh
$ not one
of ours
```
"""


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "0001-it.md").write_text(NOTE, "utf-8")
    return tmp_path


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, claims.__file__, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_block_has_commands_and_what_each_prints() -> None:
    found = list(claims.blocks("n.md", NOTE))
    assert [(each.place, each.mark, each.shows) for each in found] == [
        ("n.md:3", "claim", True),
        ("n.md:12", "2026-11-20", True),
        ("n.md:17", "2026-11-10", True),
        ("n.md:22", "", False),
    ]
    assert found[0].steps == (
        Step("echo one; \\\n  echo two", ("one", "two")),
        Step("echo three", ("three",)),
    )


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        (["a", "b"], "a\nb\n", True),
        (["a", "b"], "a\nc\n", False),
        (["a"], "a\nb\n", False),  # more than is shown
        (["a", "b"], "a\n", False),  # less
        (["a"], "", False),
        ([], "", True),
        ([], "a\n", False),
        (["a", "[…]", "d"], "a\nb\nc\nd\n", True),
        (["a", "[…]", "d"], "a\nd\n", True),
        (["a", "[…]"], "a\nb\n", True),
        (["[…]", "d"], "a\nb\n", False),
        (["tree […] of 7"], "tree 0a1b2c of 7\n", True),
        (["tree […] of 7"], "tree 0a1b2c of 8\n", False),
        (["Ran 30 tests in 5.736s"], "Ran 30 tests in 12.1s\n", True),
        (["Ran 30 tests in 5.736s"], "Ran 29 tests in 5.736s\n", False),
        (["   2.0 ms  client"], " 136.1 ms  client\n", True),
        (["3 servers"], "4 servers\n", False),
        (["a  b"], "a     b  \n", True),
        (["a.b (c)"], "axb (c)\n", False),
    ],
)
def test_when_what_is_printed_is_what_is_shown(shown: list[str], printed: str, same: bool) -> None:
    assert claims.is_as_shown(shown, printed) is same


def test_claims_are_run_and_the_long_ones_listed_by_date(notes: Path) -> None:
    done = run(notes)
    assert (done.returncode, done.stdout.splitlines()) == (
        claims.KEPT,
        [
            "notes/0001-it.md:3: as shown",
            "notes/0001-it.md:17: seen on 2026-11-10: sleep 2000",
            "notes/0001-it.md:12: seen on 2026-11-20: sleep 1000",
        ],
    )


def test_a_claim_that_is_no_longer_so_is_told_with_the_difference(notes: Path) -> None:
    note = notes / "notes" / "0001-it.md"
    note.write_text(NOTE.replace("\nthree\n", "\nfour\n"), "utf-8")
    done = run(notes)
    assert done.returncode == claims.BROKEN
    assert "notes/0001-it.md:3: no longer so\n$ echo three\n" in done.stdout
    assert "-four\n+three\n" in done.stdout
    assert "echo one" not in done.stdout


def test_what_is_shown_without_a_mark_is_told(notes: Path) -> None:
    note = notes / "notes" / "0001-it.md"
    note.write_text(NOTE.replace("console 2026-11-20", "console"), "utf-8")
    done = run(notes)
    assert done.returncode == claims.BROKEN
    assert "notes/0001-it.md:12: shows what is printed, and has neither" in done.stdout


def test_a_claim_that_takes_too_long_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "DEADLINE", 0.1)
    assert "give it a date" in claims.printed_by("sleep 1000", tmp_path)


def test_our_own_notes_say_when_they_saw_what_they_show() -> None:
    found = list(claims.prose())
    assert any(block.mark == claims.CLAIM for block in found)
    assert [block.place for block in claims.unmarked(found)] == []

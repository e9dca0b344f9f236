"""Measuring searches whose answer is known: the rows, and the table of a small history."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from support.regressions import NOBODY, TESTS, TRUE, regressions
from support.tiny import DONE, WRONG, Workbench

from harness.bench.culprits import FEWEST, SPREAD, Row, read_rows
from harness.model import RequestError

SHORT, NUMBER = "Shortened", "Made the feature a number"
ROW = {"fix": "a" * 40, "culprit": "b" * 40, "fail_to_pass": ["x.tests.T.t"], "more": 1}


def test_rows_are_read(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(f"{json.dumps(ROW)}\n\n{json.dumps(ROW | {'subject': 'Fixed it'})}\n", "utf-8")
    first, second = read_rows(str(file))
    assert first == Row("a" * 40, "b" * 40, fail_to_pass=("x.tests.T.t",))
    assert second.subject == "Fixed it"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no row in it"),
        ("\n\n", "there is no row in it"),
        ("not JSON\n", "no row of labelled regressions"),
        ('{"fix": "a"}\n', "no row of labelled regressions: .*culprit"),
        ('{"fix": 1, "culprit": "b"}\n', "no row of labelled regressions"),
    ],
)
def test_what_has_no_rows_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(text, "utf-8")
    with pytest.raises(RequestError, match=said):
        read_rows(str(file))


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"--labelled .*gone: No such file"):
        read_rows(str(tmp_path / "gone"))


def test_rows_and_a_clone_are_asked_for(workbench: Workbench) -> None:
    found = workbench.run("bench", "--measure", "culprits")
    assert found.status == WRONG
    assert "give --labelled FILE and --mirror UPSTREAM=PATH" in found.error


def test_both_are_measured_on_every_row(workbench: Workbench, tmp_path: Path) -> None:
    folder, commits = regressions(tmp_path / "mirror", docs=FEWEST + SPREAD)
    rows = [
        {"culprit": commits[culprit], "fail_to_pass": [test], "testable": [test]}
        | {"fix": commits["Mended"], "test_files": [TESTS]}
        for culprit, test in ((SHORT, NOBODY), (NUMBER, TRUE))
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    words = ("--labelled", "rows.jsonl", "--mirror", f"django={folder}")
    found = workbench.run("bench", "--measure", "culprits", *words)
    assert found.status == DONE, found.err
    lines = found.out.splitlines()
    assert lines[0] == "all rows, workbench: 2 found, 0 range, 0 wrong, 0 none named of 2"
    assert "wrong with a confidence above 99%: 0" in lines
    assert re.search(r"where both find it \([12] rows\): wall time \d+\.\d\d of git's", found.out)
    table = (workbench.home / "reports" / "culprits.md").read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table[2:4]]
    assert [row[1] for row in cells] == [commits[each][:10] for each in (SHORT, NUMBER)]
    assert [row[3] for row in cells] == ["found", "found"]
    # Plain git may come to a commit that fails for another reason, and takes that for the cause.
    assert cells[0][8] in ("found", f"wrong {commits['Raises'][:10]}")
    assert cells[1][8] == "found"
    # A search by halves of what may be 440 commits.
    assert all(5 <= int(row[9]) <= 10 for row in cells)
    # Each probe of ours is in a sandbox, and has its Python started.
    counted = [row[6] for row in cells]
    assert counted == ["?", "?"] or all(float(each) > 1 for each in counted)
    assert list((workbench.home / "scratch").iterdir()) == []

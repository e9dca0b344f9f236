"""``clean``: what the workbench keeps, and taking it away."""

from __future__ import annotations

from support.tiny import QUICK, ProcessResult, Workbench


def test_sizes_are_shown_and_nothing_is_removed(workbench: Workbench) -> None:
    assert workbench.run("apply", "--candidate", "django/neutral").status == 0
    before = workbench.kept("repos")
    finished = clean(workbench)
    assert finished.status == 0
    (line,) = [line for line in finished.out.splitlines() if line.strip().startswith("repos")]
    assert "today" in line
    assert workbench.kept("repos") == before


def test_what_is_named_goes_and_comes_back_by_itself(workbench: Workbench) -> None:
    words = ("--candidate", "django/neutral", *QUICK)
    assert workbench.run("test", *words).status == 0
    finished = clean(workbench, "results", "worktrees")
    assert finished.status == 0, finished.err
    assert "removed" in finished.out
    assert not workbench.kept("results")
    assert not workbench.kept("worktrees")
    assert workbench.run("test", *words).status == 0
    assert workbench.kept("results")


def test_what_was_used_lately_stays(workbench: Workbench) -> None:
    assert workbench.run("apply", "--candidate", "django/neutral").status == 0
    before = workbench.kept("worktrees")
    finished = clean(workbench, "--older-than", "30d")
    assert "removed 0 entries" in finished.out
    assert workbench.kept("worktrees") == before


def test_wrong_words_are_one_line(workbench: Workbench) -> None:
    assert "give hours, days or weeks" in clean(workbench, "--older-than", "soon").error
    assert "there is no 'nothing' in" in clean(workbench, "nothing").error
    assert "not both" in clean(workbench, "--all", "--older-than", "30d").error


def clean(workbench: Workbench, *words: str) -> ProcessResult:
    return workbench.run("clean", *words)

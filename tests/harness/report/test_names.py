"""Names by which a tool knows a base again in the next run."""

from __future__ import annotations

import msgspec
from support.reports import judgement, report

from harness.model import BaseName, Judgement, Verdict
from harness.report.names import base_names
from harness.report.schema import BaseLine

COMMITS = ("a" * 40, "b" * 40)


def on(version: str, python: str = "") -> Judgement:
    base = BaseName("django", version, python)
    return judgement(Verdict.NEUTRAL, ground=(base,), base=str(base))


def line(version: str, commit: str = "") -> BaseLine:
    return BaseLine("django", version, "git" if commit else "sdist", "t" * 40, "3.13.0", "", commit)


def test_a_base_from_git_is_called_by_its_upstream() -> None:
    (commit, _) = COMMITS
    found = report(on(commit), bases=(line(commit, commit),))
    assert base_names(found) == {f"django {commit}": "django"}


def test_two_of_them_in_one_report_are_told_apart() -> None:
    found = report(*map(on, COMMITS), bases=tuple(line(each, each) for each in COMMITS))
    assert base_names(found) == {f"django {each}": f"django {each}" for each in COMMITS}


def test_a_release_has_its_number() -> None:
    found = report(on("6.1.3"), on("5.2"), bases=(line("6.1.3"), line("5.2")))
    assert base_names(found) == {"django 6.1.3": "django 6.1.3", "django 5.2": "django 5.2"}


def test_one_base_on_two_pythons_is_told_apart_by_these() -> None:
    (commit, _) = COMMITS
    pythons = ("3.12.1", "3.13.0")
    found = report(*(on(commit, each) for each in pythons), bases=(line(commit, commit),))
    assert list(base_names(found).values()) == [f"django, Python {each}" for each in pythons]


def test_in_a_report_of_an_older_workbench_bases_are_called_as_there() -> None:
    old = msgspec.structs.replace(on("6.1.3"), ground=())
    assert base_names(report(old)) == {"django 6.1.3": "django 6.1.3"}

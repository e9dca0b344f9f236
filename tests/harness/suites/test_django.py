"""How Django's labels are cut into jobs that run side by side."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.tiny import UPSTREAM
from support.values import CPYTHON, DJANGO

from harness.model import Project, RequestError
from harness.suites import SUITES, Suite, cpython, django


@pytest.mark.parametrize(("suite", "project"), [(django, DJANGO), (cpython, CPYTHON)])
def test_of_so_many_tests_one_has_to_say_which(suite: Suite, project: Project) -> None:
    with pytest.raises(RequestError, match="which tests"):
        suite.shards(project, UPSTREAM, ())


def test_each_label_is_a_job() -> None:
    assert django.shards(DJANGO, UPSTREAM, ("a", "b")) == [("a",), ("b",)]


def test_all_labels_are_shared_out_each_once(tmp_path: Path) -> None:
    for number in range(40):
        folder = tmp_path / "tests" / f"label{number}"
        folder.mkdir(parents=True)
        (folder / "__init__.py").touch()
        (folder / "tests.py").write_text("def test_it(): pass\n" * number, "utf-8")
    for left_out in ("templates", "__pycache__", "gis_tests"):
        (tmp_path / "tests" / left_out).mkdir()
        (tmp_path / "tests" / left_out / "__init__.py").touch()
    shards = django.shards(DJANGO, tmp_path, ("all",))
    labels = [label for shard in shards for label in shard]
    assert sorted(labels) == sorted(f"label{number}" for number in range(40))
    assert len(shards) == django.SHARDS_OF_ALL


def test_an_upstreams_own_suite_runs_on_no_other() -> None:
    library = Project("library", "pytest_project")
    for name, own in (("django", DJANGO), ("cpython", CPYTHON), ("pytest", library)):
        every = (DJANGO, CPYTHON, library)
        assert [project for project in every if SUITES[name].runs_on(project)] == [own]

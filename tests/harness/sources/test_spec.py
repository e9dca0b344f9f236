"""What the SPEC of a base means."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.values import CPYTHON, DJANGO, PYTHON

from harness.model import Project, RequestError, Source
from harness.sources.spec import Spec, read

LIBRARY = Project("library", "pytest_project")


@pytest.mark.parametrize(
    ("text", "project", "meant"),
    [
        ("6.1.3", DJANGO, Spec(Source.SDIST, "6.1.3")),
        ("6.2b1", DJANGO, Spec(Source.SDIST, "6.2b1")),
        ("24.2.0.1", LIBRARY, Spec(Source.SDIST, "24.2.0.1")),
        ("3.13.0", CPYTHON, Spec(Source.INSTALLED, "3.13.0")),
        ("3.12", CPYTHON, Spec(Source.DEB, "3.12")),
        ("installed", CPYTHON, Spec(Source.INSTALLED, "installed")),
        ("deb", CPYTHON, Spec(Source.DEB, "")),
        ("deb:3.13", CPYTHON, Spec(Source.DEB, "3.13")),
        ("deb:3.2.25", DJANGO, Spec(Source.DEB, "3.2.25")),
        ("main", DJANGO, Spec(Source.GIT, "main")),
        ("git:6.1.3", DJANGO, Spec(Source.GIT, "6.1.3")),
        ("934acf1", DJANGO, Spec(Source.GIT, "934acf1")),
    ],
)
def test_a_spec_names_a_source_and_words_for_it(text: str, project: Project, meant: Spec) -> None:
    assert read(text, project, [PYTHON]) == meant


def test_a_folder_is_a_path(tmp_path: Path) -> None:
    assert read(f"{tmp_path}/", DJANGO, []) == Spec(Source.PATH, f"{tmp_path}/")


@pytest.mark.parametrize(
    ("text", "project"), [("installed", DJANGO), ("deb:6.1", LIBRARY), ("sdist:3.13", CPYTHON)]
)
def test_a_source_that_a_project_does_not_come_from(text: str, project: Project) -> None:
    with pytest.raises(RequestError, match=f"{project.name} does not come from "):
        read(text, project, [])

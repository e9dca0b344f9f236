"""``impact.toml``: the projects that may stand on what a patch of an interpreter touches."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.tiny import PROJECT

from harness.catalog.catalog import Catalog
from harness.model import RequestError

LIST = 'kind = "pytest_project"\n'


def write(folder: Path, projects: str) -> Catalog:
    for name, text in (
        ("snake/upstream.toml", 'kind = "cpython"\n'),
        ("library/upstream.toml", 'kind = "pytest_project"\nindex = "Library"\n'),
        ("snake/impact.toml", LIST + projects),
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return Catalog(folder)


def test_our_own_list_has_what_it_takes_to_repeat_a_verdict() -> None:
    """Every release is pinned, and everything that is left out has a reason."""
    (listed,) = Catalog(PROJECT / "patches").impact_lists.values()
    assert len(listed.project) >= 12
    for each in listed.project:
        assert each.version, each.name
        assert each.why, each.name
        assert all(out.why for out in each.deselect), each.name


def test_a_project_is_an_upstream_of_the_lists_kind(tmp_path: Path) -> None:
    catalog = write(
        tmp_path,
        '[[project]]\nname = "other"\nindex = "Other"\ntests = "t"\nwhy = "x"\n'
        '[[project.deselect]]\ntest = "t/test_x.py::test_y"\nwhy = "it takes an hour"\n',
    )
    (listed,) = catalog.impact_lists["snake"].project
    made = listed.upstream("pytest_project", None).project
    assert (made.name, made.index, made.tests) == ("other", "Other", "t")
    assert made.deselect == ("t/test_x.py::test_y",)


def test_one_with_a_folder_of_its_own_keeps_what_stands_there(tmp_path: Path) -> None:
    catalog = write(
        tmp_path,
        '[[project]]\nname = "library"\nversion = "1.0"\nwhy = "x"\n'
        '[[project.deselect]]\ntest = "tests/test_x.py"\nwhy = "it asks the web"\n',
    )
    (listed,) = catalog.impact_lists["snake"].project
    made = listed.upstream("pytest_project", catalog.upstreams["library"])
    assert made.project.index == "Library"
    assert made.project.deselect == ("tests/test_x.py",)


@pytest.mark.parametrize(
    ("projects", "said"),
    [
        ('[[project]]\nname = "Other"\nwhy = ""\n', "small letters and stands there once"),
        ('[[project]]\nname = "a"\nwhy = ""\n' * 2, "small letters and stands there once"),
        (
            '[[project]]\nname = "library"\nindex = "x"\nwhy = ""\n',
            "library has a folder of its own; say index in patches/library/upstream.toml",
        ),
        ('[[project]]\nname = "a"\n', "missing required field `why`"),
    ],
    ids=["capitals", "twice", "folder", "reason"],
)
def test_a_wrong_list_is_told(tmp_path: Path, projects: str, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        print(write(tmp_path, projects).impact_lists)

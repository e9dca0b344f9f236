"""What is special about Django: what its tests need, and how they are called."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.values import DJANGO

from harness.model import Interpreter
from harness.upstreams import django


def interpreter(version: str) -> Interpreter:
    return Interpreter(f"/p/{version}", version, version, "/p", False)


PYPROJECT = """
[project]
dependencies = ["asgiref>=3.9.1", "sqlparse>=0.5.0", "tzdata; sys_platform == 'nowhere'"]
"""
SETUP_CFG = """
[options]
install_requires =
\tasgiref >= 3.6.0, < 4
\tbackports.zoneinfo; python_version<"3.9"
\tsqlparse >= 0.3.1
"""
SETUP_PY = "setup(install_requires=['pytz', 'sqlparse >= 0.2.2'],)"


@pytest.mark.parametrize(
    ("name", "text", "version", "expected"),
    [
        ("pyproject.toml", PYPROJECT, "3.13.0", ("asgiref>=3.9.1", "sqlparse>=0.5.0", "tzdata")),
        (
            "setup.cfg",
            SETUP_CFG,
            "3.8.18",
            ("asgiref<4,>=3.6.0", "backports.zoneinfo", "sqlparse>=0.3.1", "tzdata"),
        ),
        ("setup.cfg", SETUP_CFG, "3.11.7", ("asgiref<4,>=3.6.0", "sqlparse>=0.3.1", "tzdata")),
        ("setup.py", SETUP_PY, "3.9.18", ("asgiref", "pytz", "sqlparse>=0.2.2", "tzdata")),
        ("setup.py", SETUP_PY, "3.6.15", django.PINS["3.6"]),
        ("README", "", "3.13.0", ("asgiref", "sqlparse", "tzdata")),
    ],
)
def test_requirements(
    tmp_path: Path, name: str, text: str, version: str, expected: tuple[str, ...]
) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert django.requirements(tmp_path, interpreter(version), DJANGO) == expected


def test_pytz_where_the_trees_tests_need_it(tmp_path: Path) -> None:
    (tmp_path / "tests/requirements").mkdir(parents=True)
    (tmp_path / "tests/requirements/py3.txt").write_text("docutils\npytz\n", "utf-8")
    assert "pytz" in django.requirements(tmp_path, interpreter("3.11.7"), DJANGO)


def test_labels_and_ids_are_dotted() -> None:
    paths = [
        "tests/servers/tests.py",
        "tests/mail/custombackend.py",
        "tests/mail/test_sendtestemail.py",
    ]
    assert django.labels_of(paths, "tests/") == ("servers.tests", "mail.test_sendtestemail")
    assert django.labels_of(paths[1:2], "tests/") == ("mail",)
    names = ("LiveServerViews", "test_404")
    assert (
        django.test_pattern(paths[0], "tests/", names) == "servers.tests.LiveServerViews.test_404"
    )
    assert django.label_of_test("servers.tests.LiveServerViews.test_404") == "servers"
    assert django.label_of_test("tests/test_x.py::test_y") == ""

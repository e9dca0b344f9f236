"""Which imports of a laid test surely fail: only what paths and texts leave no doubt of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from harness.model import OverlayWay
from harness.search.overlay.imports import imports_missing
from harness.search.overlay.values import Laid

TEST = "tests/mail/tests.py"
STATE = {
    "pkg/__init__.py": "from .core import Here\n",
    "pkg/core.py": "class Here: pass\n",
    "pkg/star.py": "from .core import *\n",
    "pkg/lazy.py": "def __getattr__(name): ...\n",
    "pkg/plain/module.py": "x = 1\n",
    "pkg/fast.cpython-313.so": "",
    "tests/mail/__init__.py": "",
    "tests/mail/models.py": "class Model: pass\n",
    "tests/other/__init__.py": "",
    "src/inner/__init__.py": "y = 1\n",
}


def laid(files: Mapping[str, str], *modules: str) -> Laid:
    return Laid(OverlayWay.WHOLE_FILES, files, {}, frozenset(modules))


def missing(line: str, **more: str) -> list[str]:
    def texts_of(paths: Iterable[str]) -> Mapping[str, str | None]:
        return {path: STATE.get(path) for path in paths}

    files = {TEST: f"{line}\n", **{f"tests/mail/{k}.py": v for k, v in more.items()}}
    return [
        each.removeprefix(f"{TEST}: ")
        for each in imports_missing(laid(files, TEST), STATE, texts_of)
    ]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import pkg.gone", "pkg.gone"),
        ("from pkg.gone import x", "pkg.gone"),
        ("from pkg.core import Gone, Here", "pkg.core.Gone"),
        ("from pkg import Here, gone", "pkg.gone"),
        ("from .models import Gone", ".models.Gone"),
        ("from .gone import x", ".gone"),
        ("from . import gone", ".gone"),
        ("from inner import z", "inner.z"),
    ],
)
def test_what_the_upstream_has_not_is_missing(line: str, found: str) -> None:
    assert missing(line) == [found]


@pytest.mark.parametrize(
    "line",
    [
        "import pkg.core, pkg.plain.module, pkg.fast",
        "from pkg import core, Here, fast, plain",
        "from pkg.star import anything",
        "from pkg.lazy import anything",
        "from pkg.fast import anything",
        "from .models import Model",
        "from . import models",
        "from elsewhere import anything",
        "import os.gone",
        "import other",
        "from .. import other",
        "try:\n    from pkg.core import Gone\nexcept ImportError:\n    Gone = None",
        "def test():\n    from pkg.gone import x",
        "this is no Python",
    ],
)
def test_what_may_be_there_is_not_missing(line: str) -> None:
    assert missing(line) == []


def test_what_the_overlay_brings_along_is_there() -> None:
    assert missing("from .models import New", models="class New: pass\n") == []
    assert missing("from .helper import x", helper="x = 1\n") == []
    assert missing("from .helper import z", helper="x = 1\n") == [".helper.z"]


def test_only_the_modules_of_wanted_tests_are_looked_at() -> None:
    assert missing("x = 1", test_other="import pkg.gone\n") == []


def test_a_name_of_the_standard_library_is_the_upstreams_own_only_where_it_is_that() -> None:
    files = {"Lib/test/test_x.py": "from json import gone\nimport json.gone\n"}
    state = {"Lib/json/__init__.py": "", "Lib/os.py": "", "Lib/test/__init__.py": ""}
    found = imports_missing(
        laid(files, *files), state, lambda paths: {path: state[path] for path in paths}
    )
    assert [each.partition(": ")[2] for each in found] == ["json.gone", "json.gone"]
    del state["Lib/os.py"]
    assert (
        imports_missing(
            laid(files, *files), state, lambda paths: {path: state[path] for path in paths}
        )
        == []
    )

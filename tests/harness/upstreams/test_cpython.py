"""What is special about CPython."""

from __future__ import annotations

import pytest

from harness.model import Source
from harness.upstreams import cpython


def test_ids_begin_with_the_package() -> None:
    names = ("ServerHandlerTests", "test_x")
    pattern = cpython.test_pattern("Lib/test/test_wsgiref.py", "Lib/test/", names)
    assert pattern == "test.test_wsgiref.ServerHandlerTests.test_x"
    assert cpython.label_of_test(pattern) == "test_wsgiref"
    assert cpython.labels_of(["Lib/test/test_wsgiref.py"], "Lib/test/") == ("test_wsgiref",)
    # Django has a folder of tests that begins like that.
    assert cpython.label_of_test("test_client.tests.ClientTest.test_get_view") == ""


def test_an_installed_library_has_no_place_for_anything_else() -> None:
    assert cpython.patchable(Source.INSTALLED) == ("Lib/*",)
    assert cpython.patchable(Source.DEB) == ()


@pytest.mark.parametrize(
    ("paths", "only"),
    [
        (["Lib/socketserver.py", "Misc/NEWS.d/next/x.rst", "Doc/library/x.rst"], True),
        (["Lib/socketserver.py", "Modules/socketmodule.c"], False),
        (["PC/pyconfig.h", ".github/workflows/build.yml"], True),
        (["Lib/os.py"], False),  # stands frozen in the executable
    ],
)
def test_what_needs_nothing_to_be_built_again(paths: list[str], only: bool) -> None:
    assert cpython.is_library_only(paths) is only


def test_what_makes_modules_is_read_by_a_build_and_serves_as_a_library() -> None:
    assert cpython.is_library_only(["Lib/distutils/core.py"])
    assert cpython.is_built_from("Lib/distutils/core.py")
    assert not cpython.is_built_from("Lib/distutils.rst")


def test_debians_names() -> None:
    assert cpython.debian_packages("3.13.15") == ("python3.13",)
    assert "python3.12" in cpython.debian_packages("")

"""Which tests a patch adds or changes, read from the text before and after it."""

from __future__ import annotations

from support.exporting import changed_file

from harness.export.checks.changed_tests import changed_tests, fits, labels_of

PATH = "tests/servers/tests.py"
BEFORE = "class T:\n    def test_a(self): pass\n    def test_b(self): pass\n"


def changed(after: str, before: str = BEFORE) -> list[str]:
    return changed_tests(changed_file(before, after, PATH), "tests/")


def test_which_test_modules_a_patch_touches() -> None:
    paths = ["tests/servers/test_basehttp.py", "tests/servers/urls.py", "tests/wsgi/tests.py"]
    assert labels_of(paths, "tests/") == ("servers.test_basehttp", "wsgi.tests")
    assert labels_of(["Lib/test/test_wsgiref.py"], "Lib/test/") == ("test_wsgiref",)


def test_a_helper_alone_is_run_with_the_folder_that_it_helps() -> None:
    assert labels_of(["tests/servers/urls.py"], "tests/") == ("servers",)
    assert labels_of(["tests/urls.py"], "tests/") == ()


def test_a_test_whose_body_changed() -> None:
    after = BEFORE.replace("test_b(self): pass", "test_b(self): 1")
    assert changed(after) == ["servers.tests.T.test_b"]


def test_a_test_that_is_new() -> None:
    assert changed(f"{BEFORE}    def test_c(self): pass\n") == ["servers.tests.T.test_c"]


def test_what_decides_about_a_whole_class_changes_every_test_of_it() -> None:
    for after in (
        f"{BEFORE}    def setUp(self): pass\n",
        f"{BEFORE}    available_apps = []\n",
        BEFORE.replace("class T:", "class T(Base):"),
        f"@skip\n{BEFORE}",
    ):
        assert changed(after) == ["servers.tests.T.*"], after


def test_another_layout_of_the_same_code_changes_no_test() -> None:
    assert changed(BEFORE.replace(": pass", ":\n        pass  # as before")) == []


def test_what_is_no_python_has_no_tests() -> None:
    assert changed("class T(:\n") == []
    assert changed_tests(changed_file("", "x", "tests/servers/a.txt"), "tests/") == []


def test_ids_with_the_package_of_cpythons_tests_in_front_fit_as_well() -> None:
    patterns = ["test_wsgiref.T.*"]
    assert fits("test_wsgiref.T.test_a", patterns)
    assert fits("test.test_wsgiref.T.test_a", patterns)
    assert not fits("test_wsgiref.U.test_a", patterns)

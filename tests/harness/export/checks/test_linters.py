"""Linters: what is a finding, and that only what a patch adds counts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support import exporting
from support.exporting import checks, code, mail, one
from support.tiny import PROJECT, UPSTREAM, Workbench, copied, diff

from harness.catalog.catalog import Catalog
from harness.catalog.upstream import Tool
from harness.export.checks import linters
from harness.model import WorkbenchError
from harness.system.processes import ProcessResult, Stop

LINES = Tool("lint", (), ("lint",), ("*.py",))
DIFF = Tool("format", (), ("format",), ("*.py",), output="diff")
FORMATTER = """\
--- django/server.py\t2026-11-22 12:00:00
+++ django/server.py\t2026-11-22 12:00:00
@@ -1,2 +1,2 @@
 kept = 1
-x=1
+x = 1
"""


def ended(out: str = "", err: str = "", status: int = 1) -> ProcessResult:
    return ProcessResult(("lint",), status, Stop.EXITED, 0.1, out, err)


@pytest.mark.parametrize(
    "line",
    [
        "django/server.py:3:80: E501 line too long",
        "./django/server.py:17:1: E501 line too long",
        "django/server.py:3: E501 line too long",
    ],
)
def test_a_finding_is_the_same_wherever_it_stands(line: str) -> None:
    (said,) = linters.findings(ended(out=f"{line}\nFound 1 error.\n"), LINES)
    assert said == "django/server.py: E501 line too long"


def test_findings_may_be_told_as_errors() -> None:
    assert len(linters.findings(ended(err="docs/a.txt:1: blank (trailing)\n"), LINES)) == 1


def test_a_formatters_diff_tells_the_lines_that_it_would_change() -> None:
    assert dict(linters.findings(ended(out=FORMATTER, status=0), DIFF)) == {
        "django/server.py: - x=1": 1,
        "django/server.py: + x = 1": 1,
    }


@pytest.mark.parametrize(
    "finished",
    [ended(err="no such option\n"), ended(out=FORMATTER, status=123), ended(status=2)],
)
def test_a_linter_that_failed_is_not_taken_for_content(finished: ProcessResult) -> None:
    with pytest.raises(WorkbenchError, match="could not be run"):
        linters.findings(finished, DIFF)


def test_what_the_base_already_had_is_not_the_patchs_fault(workbench: Workbench) -> None:
    base = copied(UPSTREAM, workbench.folder / "base")
    server = base / "django" / "server.py"
    untidy = "    return sum(numbers) if numbers else None  # as it was\n"
    text = server.read_text("utf-8").replace(untidy.partition("  #")[0] + "\n", untidy)
    server.write_text(text, "utf-8")
    patch = mail(diff(text, text.replace('"HTTP/1.0"', '"HTTP/1.0" or None')))
    patches = exporting.folder(workbench.folder, {"it": patch})
    words = ("--candidate", "django/it", "--django", base, "--repeat", "2")
    finished = workbench.run("diffs", "--patches", patches, *words)
    assert finished.status == 0, finished.err
    assert one(workbench, "it", "tidy")["state"] == "fine"
    assert not checks(workbench, "it")["ready"]  # it has no test


def rules_of_django() -> str:
    """The linters of the real upstream.toml."""
    text = (PROJECT / "patches/django/upstream.toml").read_text("utf-8")
    return text[text.index("[[lint.tool]]") : text.index("[pull_request]")]


@pytest.mark.real
def test_djangos_linters_find_what_is_not_formatted(workbench: Workbench) -> None:
    patch = mail(code("import sys;total=sum(numbers)\n    return total\n"))
    patches = exporting.folder(workbench.folder, {"it": patch})
    file = patches / "django" / "upstream.toml"
    text = file.read_text("utf-8")
    start, end = text.index("[[lint.tool]]"), text.index("[pull_request]")
    file.write_text(text[:start] + rules_of_django() + text[end:], "utf-8")
    del workbench.env["PIP_NO_INDEX"]
    workbench.env |= user_configuration()
    finished = workbench.run(
        "diffs", "--patches", patches, "--candidate", "django/it", "--repeat", "2"
    )
    found = {name: one(workbench, "it", name) for name in ("black", "isort", "flake8")}
    if any(each["state"] == "unknown" for each in found.values()):
        pytest.skip(f"needs a package index: {finished.out}")
    assert {name: each["state"] for name, each in found.items()} == {
        "black": "wrong",
        "isort": "fine",
        "flake8": "wrong",
    }
    assert "django/server.py: -     import sys;total=sum(numbers)" in found["black"]["findings"]
    assert any("F401" in finding for finding in found["flake8"]["findings"])
    assert ".flake8 is not in this tree" in found["flake8"]["note"]


def user_configuration() -> dict[str, str]:
    """Where the user's pip and uv get packages from."""
    ours = ("PIP_", "UV_")
    kept = {name: value for name, value in os.environ.items() if name.startswith(ours)}
    return {"PIP_CONFIG_FILE": "", "UV_NO_CONFIG": "0", "HOME": str(Path.home())} | kept


def test_the_tools_of_both_upstreams_are_pinned() -> None:
    for upstream in Catalog(PROJECT / "patches").upstreams.values():
        for tool in upstream.lint.tool:
            assert all("==" in requirement for requirement in tool.requires)

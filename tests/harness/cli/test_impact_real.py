"""A known breakage of CPython is found by a real project of its `impact.toml`."""

from __future__ import annotations

import pytest
from support.real_django import python_here
from support.tiny import MATCHED, PROJECT, Workbench

from harness.system.home import Home

PLANTED = PROJECT / "tests/data/impact/drops-the-last-byte.patch"
MINUTES = 20 * 60.0
# By hand: acme's tests with the patched socketserver.py in the way (notes/0031-impact.md).
BROKEN = {
    "HTTP01ServerTest::test_http01_found",
    "HTTP01ServerTest::test_index",
    "HTTP01DualNetworkedServersTest::test_http01_found",
    "HTTP01DualNetworkedServersTest::test_index",
}


@pytest.mark.long
@pytest.mark.real
@pytest.mark.timeout(MINUTES)
def test_a_planted_breakage_is_found(real: Workbench) -> None:
    python = python_here(Home(real.home))
    if not python.has_tests:
        pytest.skip(f"needs a Python {python.version} that carries its tests")
    finished = real.run(
        *("impact", "--patch", PLANTED, "--project", "acme", "--project", "bottle"),
        *("--patches", PROJECT / "patches", "--cpython", python.version),
        *("--suite", "pytest", "--django", "none", "--python", python.version),
        *("--test-timeout", "20", "--fail-on", "broken"),
        deadline=MINUTES,
    )
    assert finished.status == MATCHED, finished.err
    (found,) = real.report()["impacts"]
    acme, bottle = found["projects"][1], found["projects"][0]
    assert (acme["project"], acme["state"]) == ("acme", "regressed")
    assert {test.partition("::")[2] for test in acme["broken"]} == BROKEN
    assert (bottle["project"], bottle["state"]) == ("bottle", "no-evidence")

"""Whether a diff fits its base, and what to do where it does not."""

from __future__ import annotations

import pytest
from support.exporting import squashed

from harness.export.checks import fit
from harness.export.gate import CheckState


@pytest.mark.parametrize(
    ("upstream", "advice"),
    [
        ("cpython", "make the diff on a base with everything, such as --base cpython=deb:3.13"),
        ("django", "make the diff on a base with everything"),
    ],
)
def test_a_base_that_lacks_what_the_patch_touches(upstream: str, advice: str) -> None:
    """The advice names the base that the upstream's own rules prefer."""
    result = fit.check_applies(squashed(upstream)._replace(left_out=("Doc/library/x.rst",)))
    assert result.state is CheckState.WRONG
    assert result.findings == (f"Doc/library/x.rst: {upstream} 6.1.3 has no such part",)
    assert result.advice == advice


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("django/server.py", ()),
        ("setup.py", ("setup.py: not declared",)),
        ("django/server.py.orig", ("django/server.py.orig: left over from editing or running",)),
    ],
)
def test_a_file_that_has_no_business_in_a_patch(path: str, said: tuple[str, ...]) -> None:
    assert fit.check_files(squashed("django", (path, "x = 1\n"))).findings == said

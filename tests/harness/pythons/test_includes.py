"""Which files in C are compiled again, told from what they include."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.pythons.includes import compiled_again

FILES = {
    "a.c": '#include "deep.h"\n',
    "b.c": "#include <stdio.h>\n",
    "m/c.c": '  #  include "../clinic/c.c.h"\n',
    "m/d.c": '#include "b.c"\n',
    "e.c": "#include WHATEVER\n",
    "deep.h": '#include "inner/core.h"\n',
    "inner/core.h": "",
    "clinic/c.c.h": "",
}


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ([], []),
        (["a.c"], []),  # the compiler's own business: its time is new
        (["inner/core.h"], ["a.c", "e.c"]),
        (["clinic/c.c.h"], ["e.c", "m/c.c"]),
        (["b.c"], ["e.c", "m/d.c"]),  # included by another one
        (["gone/core.h"], ["a.c", "e.c"]),  # found elsewhere now, or nowhere
        (["data.txt"], ["e.c"]),
    ],
)
def test_who_includes_what_changed(tmp_path: Path, changed: list[str], again: list[str]) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert compiled_again(tmp_path, FILES, changed) == again

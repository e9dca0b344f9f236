"""The words of the model stand in ``harness/model.py``, and nowhere else as literals."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from support.tiny import PROJECT

from harness.model import (
    ApplyResult,
    ChangeKind,
    ImpactState,
    JobEnd,
    Presence,
    Status,
    Suspicion,
    Verdict,
)

HARNESS = PROJECT / "harness"
ELSEWHERE = {
    "model.py": "it is where they stand",
    "judge/wire.py": "the lab's word for a hang, as its observations begin",
    "report/junit.py": "JUnit has words of its own",
    "lab": "it imports nothing of the rest, and has words of its own",
    "suites/programs": "they run on the tree's Python, without the workbench",
    "export/checks/programs": "they run on the tree's Python, without the workbench",
}
PLAIN = {
    "broken": "a word of `--fail-on`, which is the user's",
    "clean": "a verb",
    "error": "a word of git",
    "flaky": "a word of sentences",
    "new": "a verb",
    "no": "English",
    "unknown": "a check's state as well",
}
WORDS = {
    word.value
    for words in (
        ApplyResult,
        ChangeKind,
        ImpactState,
        JobEnd,
        Presence,
        Status,
        Suspicion,
        Verdict,
    )
    for word in words
} - set(PLAIN)


def modules() -> Iterator[Path]:
    for path in sorted(HARNESS.rglob("*.py")):
        name = path.relative_to(HARNESS).as_posix()
        if not name.startswith(tuple(ELSEWHERE)):
            yield path


def test_no_word_of_the_model_is_written_out() -> None:
    literals = [
        f"{path.relative_to(PROJECT)}:{node.lineno}: {node.value!r} is a word of harness/model.py"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in WORDS
    ]
    assert literals == []

"""The jobs for CI in notes/0025-in-ci.md are jobs, and what they run is a command."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from support.tiny import PROJECT

from harness.cli import verbs
from harness.request import Request

NOTE = PROJECT / "notes" / "0025-in-ci.md"
BLOCK = re.compile(r"^```yaml\n# (?P<file>\S+)\n(?P<text>.*?)^```$", re.M | re.S)
SCHEMAS = {
    ".github/workflows/patch.yml": "vendor.github-workflows",
    ".gitlab-ci.yml": "vendor.gitlab-ci",
}
EXAMPLES = {block["file"]: block["text"] for block in BLOCK.finditer(NOTE.read_text("utf-8"))}


def check(text: str, schema: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Have check-jsonschema look at a file, with a schema that it brings along."""
    file = folder / "example.yml"
    file.write_text(text, "utf-8")
    words = ["-m", "check_jsonschema", "--builtin-schema", schema, "--no-cache", str(file)]
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, check=False, timeout=60
    )


def test_the_note_has_a_job_for_each_service() -> None:
    assert set(EXAMPLES) == set(SCHEMAS)


@pytest.mark.parametrize("file", SCHEMAS)
def test_an_example_is_what_its_service_takes(file: str, tmp_path: Path) -> None:
    checked = check(EXAMPLES[file], SCHEMAS[file], tmp_path)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("file", "word", "wrong"),
    [
        (".github/workflows/patch.yml", "runs-on:", "run-on:"),
        (".gitlab-ci.yml", "when: always", "when: ever"),
    ],
)
def test_a_wrong_word_in_an_example_is_seen(
    file: str, word: str, wrong: str, tmp_path: Path
) -> None:
    text = EXAMPLES[file].replace(word, wrong)
    assert text != EXAMPLES[file]
    assert check(text, SCHEMAS[file], tmp_path).returncode == 1


@pytest.mark.parametrize("file", SCHEMAS)
def test_what_a_job_runs_is_a_command_that_writes_what_it_hands_on(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    job = YAML(typ="safe").load(EXAMPLES[file])
    (asked,) = commands(job)
    assert asked.verb == "test" and asked.fail_on == "broken"
    assert asked.patches == ("change.patch",)
    assert set(asked.mirrors) == set(asked.bases) == {"django"}
    texts = [text for text in strings(job) if "nox -f" not in text]
    for written in asked.written:
        assert any(written in text for text in texts), f"nothing takes {written}"


def commands(job: object) -> Iterator[Request]:
    """What the command lines of a job that start the workbench ask for."""
    for text in strings(job):
        for line in text.replace("\\\n", " ").splitlines():
            words = shlex.split(line)
            if words[:2] == ["nox", "-f"]:
                verb, _, *flags = words[words.index("-s") + 1 :]
                yield verbs.read([verb, *flags]).request


def strings(value: Any) -> Iterator[str]:
    """Every text in a value that was read from YAML."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)

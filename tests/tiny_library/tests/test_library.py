import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_library


@pytest.mark.parametrize(("numbers", "expected"), [([1], 1), ([1, 2], 3), ([], 0)], ids=str)
def test_total(numbers, expected):
    assert tiny_library.total(numbers) == expected


def test_greeting():
    assert tiny_library.greeting("you") == "Hello, you"


@pytest.mark.parametrize("path", [Path(__file__)], ids=str)
def test_a_file_of_the_tree(path):
    assert path.exists()


@pytest.mark.skipif(not tiny_library.feature(), reason="the feature is off")
def test_feature():
    assert tiny_library.feature()


def test_it_is_installed():
    assert importlib.metadata.version("tiny-library") == "0.1.0"
    points = importlib.metadata.distribution("tiny-library").entry_points
    assert [point.name for point in points] == ["total"]


def test_what_it_starts_finds_it_too():
    argv = [sys.executable, "-c", "import tiny_library"]
    subprocess.run(argv, env={"PYTHONPATH": "/nowhere"}, check=True)

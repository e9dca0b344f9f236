"""Whole files over a tree: what is written is one more patch, as good as any other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.values import DJANGO, X

from harness.model import ApplyResult, Base, CandidateName, Source, Tree
from harness.system.home import Home
from harness.trees.trees import Trees

REGULAR, EXECUTABLE = 0o100644, 0o100755
OVERLAY = CandidateName("django", "overlay")
LINES = "".join(f"line {number}\n" for number in range(20))
FILES = [
    ("a/first.py", REGULAR, LINES.encode()),
    ("a/run", EXECUTABLE, b"#!/bin/sh\n"),
    ("binary", REGULAR, b"\0\xff\r\n"),
]


@pytest.fixture
def trees(home: Home) -> Trees:
    return Trees(home)


@pytest.fixture
def tree(trees: Trees) -> Tree:
    return trees.take_in(Base(DJANGO, "1.0", Source.SDIST, "1.0"), FILES)


def test_texts_are_read_at_once_and_none_stands_for_no_file(trees: Trees, tree: Tree) -> None:
    found = trees.files.texts(tree, ["a/first.py", "a", "no", "binary"])
    assert found == {"a/first.py": LINES, "a": None, "no": None, "binary": "\0\udcff\r\n"}
    assert trees.files.texts(tree, []) == {}


def test_a_tree_with_files_is_what_its_patch_makes_of_the_tree_before(
    trees: Trees, tree: Tree, tmp_path: Path
) -> None:
    texts = {"a/first.py": LINES.replace("line 7\n", "seven"), "b/c/new.py": "new\n"}
    made = trees.files.write(tree, OVERLAY, texts)
    assert trees.files.texts(made, [*texts, "a/run"]) == {**texts, "a/run": "#!/bin/sh\n"}
    (patch,) = made.patches
    assert trees.apply(tree, made.stack, (patch,)).tree == made
    elsewhere = Trees(Home(tmp_path / "elsewhere"))
    base = elsewhere.take_in(tree.base, FILES)
    again = elsewhere.apply(base, made.stack, made.patches)
    assert again.applies is ApplyResult.CLEAN
    assert again.tree == made


def test_it_can_be_checked_out_and_what_was_a_program_stays_one(trees: Trees, tree: Tree) -> None:
    made = trees.files.write(tree, OVERLAY, {"a/run": "#!/bin/sh\ntrue\n", "n/new": "x"})
    folder = trees.checkout(made)
    assert (folder / "a/run").read_text() == "#!/bin/sh\ntrue\n"
    assert os.access(folder / "a/run", os.X_OK)
    assert not os.access(folder / "n/new", os.X_OK)


def test_bytes_that_are_no_text_come_out_as_they_went_in(trees: Trees, tree: Tree) -> None:
    wanted = {"latin": "caf\udce9\r\nx\n", "binary": "\0\udcfe"}
    made = trees.files.write(tree, OVERLAY, wanted)
    assert (trees.checkout(made) / "latin").read_bytes() == b"caf\xe9\r\nx\n"
    assert trees.apply(tree, made.stack, made.patches).tree == made
    assert trees.files.texts(made, wanted) == wanted


def test_files_that_are_there_already_make_no_other_tree(trees: Trees, tree: Tree) -> None:
    assert trees.files.write(tree, OVERLAY, {"a/first.py": LINES}) is tree


def test_it_stands_on_the_patches_that_the_tree_has(trees: Trees, tree: Tree) -> None:
    one = trees.files.write(tree, X.names[0], {"a/first.py": "one\n"})
    two = trees.files.write(one, OVERLAY, {"a/first.py": "two\n"})
    assert [each.candidate for each in two.patches] == [X.names[0], OVERLAY]
    assert two.stack.names == (X.names[0], OVERLAY)
    assert [step.new for step in trees.steps(two)] == [one.commit, two.commit]


def test_a_file_is_merged_three_ways_or_not_at_all(trees: Trees) -> None:
    ours, theirs = LINES.replace("line 2\n", "two\n"), LINES.replace("line 15\n", "fifteen\n")
    both = ours.replace("line 15\n", "fifteen\n")
    assert trees.files.merged(ours, LINES, theirs) == both
    assert trees.files.merged(ours, LINES, LINES.replace("line 2\n", "zwei\n")) is None
    assert trees.files.merged(ours, LINES, ours) == ours
    assert trees.files.merged(LINES, LINES, theirs) == theirs
    assert trees.files.merged("\0ours", "\0base", "\0theirs") is None

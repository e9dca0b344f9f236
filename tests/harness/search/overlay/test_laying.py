"""An overlay on a real tree of the miniature: a tree like any other, whose tests run."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.tiny import UPSTREAM, content
from support.values import DJANGO

from harness.model import Base, Source, Tree
from harness.search.overlay.fitting import laid
from harness.search.overlay.laying import lay_on, texts_for
from harness.search.overlay.values import Laid, OverlaidFile, Overlay, Way
from harness.system.home import Home
from harness.trees.trees import Trees

PATH = "tests/servers/tests.py"
OLD = content(UPSTREAM)[PATH]
TEST = "servers.tests.GreetingTests.test_new"
NEW = OLD.replace(
    "class GreetingTests(unittest.TestCase):\n",
    "class GreetingTests(unittest.TestCase):\n    def test_new(self):\n        pass\n\n",
)
OVERLAY = Overlay((OverlaidFile(PATH, OLD, NEW),), "x")


@pytest.fixture
def trees(home: Home) -> Trees:
    return Trees(home)


@pytest.fixture
def tree(trees: Trees) -> Tree:
    files = [(path, 0o100644, text.encode()) for path, text in content(UPSTREAM).items()]
    return trees.take_in(Base(DJANGO, "0.1.0", Source.SDIST, "0.1.0"), files)


def fitted(trees: Trees, tree: Tree, way: Way) -> Laid:
    text_of = texts_for(trees, tree, OVERLAY)
    found = laid(OVERLAY, way, [TEST], text_of, DJANGO, trees.merged)
    assert isinstance(found, Laid)
    return found


@pytest.mark.parametrize("way", Way)
def test_every_way_makes_a_tree_that_another_machine_makes_again(
    trees: Trees, tree: Tree, way: Way, tmp_path: Path
) -> None:
    made = lay_on(trees, tree, fitted(trees, tree, way))
    assert made.tree != tree.tree
    assert [each.name for each in made.patches] == ["overlay.patch"]
    assert any("def test_new" in text for text in content(trees.checkout(made)).values())
    elsewhere = Trees(Home(tmp_path / "elsewhere"))
    files = [(path, 0o100644, text.encode()) for path, text in content(UPSTREAM).items()]
    base = elsewhere.take_in(tree.base, files)
    assert elsewhere.apply(base, made.stack, made.patches).tree == made


def test_a_tree_that_has_the_overlay_already_stays_what_it_is(trees: Trees, tree: Tree) -> None:
    made = lay_on(trees, tree, fitted(trees, tree, Way.WHOLE_FILES))
    assert lay_on(trees, made, fitted(trees, made, Way.WHOLE_FILES)) is made
    assert lay_on(trees, made, fitted(trees, made, Way.HUNKS)) is made

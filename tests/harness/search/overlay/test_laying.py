"""An overlay on a real tree of the miniature: a tree like any other, whose tests run."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.tiny import UPSTREAM, content
from support.values import DJANGO

from harness.model import Base, OverlayWay, Source, Tree
from harness.search.overlay.fitting import laid
from harness.search.overlay.laying import lay_on, ways_onto
from harness.search.overlay.values import Laid, Misfit, OverlaidFile, Overlay
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


def fitted(trees: Trees, tree: Tree, way: OverlayWay) -> Laid:
    texts = trees.files.texts(tree, [PATH])
    found = laid(OVERLAY, way, [TEST], texts.get, DJANGO, trees.files.merged)
    assert isinstance(found, Laid)
    return found


@pytest.mark.parametrize("way", OverlayWay)
def test_every_way_makes_a_tree_that_another_machine_makes_again(
    trees: Trees, tree: Tree, way: OverlayWay, tmp_path: Path
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
    made = lay_on(trees, tree, fitted(trees, tree, OverlayWay.WHOLE_FILES))
    assert lay_on(trees, made, fitted(trees, made, OverlayWay.WHOLE_FILES)) is made
    assert lay_on(trees, made, fitted(trees, made, OverlayWay.HUNKS)) is made


def test_the_ways_are_tried_in_order_and_none_that_comes_to_the_same(
    trees: Trees, tree: Tree
) -> None:
    found = list(ways_onto(trees, tree, OVERLAY, [TEST]))
    assert [each.way for each in found] == list(OverlayWay)
    # On the tree that it was made for, merging a file is writing it.
    assert found[1] == Misfit(OverlayWay.HUNKS, "it comes to the same as whole-files")
    assert all(isinstance(each, Laid) for each in (found[0], found[2], found[3]))


def test_a_way_whose_imports_the_tree_has_not_does_not_fit(trees: Trees, tree: Tree) -> None:
    new = NEW.replace("import server\n", "import server\nfrom django.gone import x\n")
    overlay = Overlay((OverlaidFile(PATH, OLD, new),), "x")
    found = list(ways_onto(trees, tree, overlay, [TEST]))
    reason = f"the tree has no {PATH}: django.gone"
    assert found[0] == Misfit(OverlayWay.WHOLE_FILES, reason, is_missing=True)
    # The test itself needs nothing of it.
    assert isinstance(found[2], Laid)
    assert isinstance(found[3], Laid)

"""The work of a fleet: a miniature upstream with many cells, and many patches for it.

Owns: making them from the miniature that the other tests use. Every patch is one of a few that
do the same each time, with a file of its own, so that no two trees are the same.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from ..tiny import PATCHES, UPSTREAM, copied

KINDS = ("breaks", "fixes", "neutral", "skips", "flips")
OWN = "0002-own.patch"
OWN_PATCH = """\
From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: A Contributor <contributor@example.com>
Date: Sun, 21 Feb 2021 12:00:00 +0000
Subject: [PATCH] Told of {name}.

---
 docs/{name}.txt | 1 +
 1 file changed, 1 insertion(+)
 create mode 100644 docs/{name}.txt

diff --git a/docs/{name}.txt b/docs/{name}.txt
new file mode 100644
--- /dev/null
+++ b/docs/{name}.txt
@@ -0,0 +1 @@
+{name}
"""


class World(NamedTuple):
    """Folders of an upstream and of its patches, and the labels of its cells."""

    upstream: Path
    patches: Path
    cells: tuple[str, ...]

    @property
    def flags(self) -> list[str]:
        """What the command line has to be told."""
        words = ["--django", str(self.upstream), "--patches", str(self.patches)]
        return [*words, *(f for cell in self.cells for f in ("--suite", f"django:{cell}"))]


def make(folder: Path, patches: int, cells: int) -> World:
    """So many patches, each to be judged in so many cells."""
    upstream = copied(UPSTREAM, folder / "upstream")
    tests = upstream / "tests"
    shutil.rmtree(tests / "odd")
    names = tuple(f"cell{n}" for n in range(cells))
    for name in names:
        copied(tests / "servers", tests / name)
    candidates = folder / "patches"
    (candidates / "django").mkdir(parents=True)
    shutil.copy(PATCHES / "django" / "upstream.toml", candidates / "django")
    for n in range(patches):
        name, kind = f"p{n:04}", KINDS[n % len(KINDS)]
        own = copied(PATCHES / "django" / kind, candidates / "django" / name)
        (own / OWN).write_text(OWN_PATCH.format(name=name), "utf-8")
        about = own / "candidate.toml"
        text = about.read_text("utf-8")
        first = f'series = ["0001-{kind}.patch"'
        assert first in text
        about.write_text(text.replace(first, f'{first}, "{OWN}"'), "utf-8")
    return World(upstream, candidates, names)

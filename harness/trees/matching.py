"""What a tree says of a patch before it is applied: was it made here, is it here already.

Owns: these two questions to git. Must not know where trees come from, nor what is done
with the answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..catalog import patchfile
from ..catalog.intake import names
from ..catalog.intake.diffs import diff_in
from ..model import Patch, Tree
from ..system.home import Home
from .repository import GitError, open_repo

# The blob before and the blob after, as git writes them, shortened or whole.
INDEX = re.compile(r"index ([0-9a-f]{7,40})\.\.[0-9a-f]{7,40}(?: \d+)?$")
ABSENT = re.compile(r"0+$")


def blobs_before(patches: Sequence[Patch]) -> dict[str, str]:
    """The files that the patches change and the blobs that they name for them.

    Empty if one has hunks and no such name: only what git made has them. A file that
    several change is that of the first of them.
    """
    named: dict[str, str] = {}
    for patch in patches:
        for file in diff_in(patch.text, patch.name).files:
            found = next(filter(None, map(INDEX.match, file.extended)), None)
            if found is None and file.body:
                return {}
            if found is not None and not ABSENT.match(found[1]):
                named.setdefault(names.stripped(file.names.names[0], 1), found[1])
    return named


def has_blobs(home: Home, tree: Tree, blobs: Mapping[str, str]) -> bool:
    """Whether the tree has every one of the files with that blob (or its first digits)."""
    words = ("ls-tree", "-z", tree.commit, "--", *blobs)
    listed = open_repo(home, tree.base.upstream).text(*words).split("\0")
    entries = (each.partition("\t") for each in filter(None, listed))
    there = {path: head.split()[2] for head, _, path in entries}
    return all(there.get(path, "").startswith(blob) for path, blob in blobs.items())


def has_already(home: Home, tree: Tree, patches: Sequence[Patch]) -> bool:
    """Whether the patches can be taken back, the last one first: then they are in the tree."""
    repository = open_repo(home, tree.base.upstream)
    with home.scratch("reverse") as scratch:
        env = {"GIT_INDEX_FILE": str(scratch / "index")}
        repository.raw("read-tree", tree.commit, env=env)
        for patch in reversed(patches):
            file = scratch / "patch"
            file.write_bytes(patch.data)
            loose = ["--unidiff-zero"] if patchfile.has_no_context(patch.text) else []
            words = ("apply", "--cached", "--reverse", "--whitespace=nowarn", *loose, str(file))
            try:
                repository.raw(*words, env=env)
            except GitError:
                return False
    return True

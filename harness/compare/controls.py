"""Controls: each base against itself, so that what is noise shows without a patch.

Owns: which bases have one, and what runs on it. Must not know results.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from ..model import ApplyResult, Ground, Stack
from .comparison import Comparison


def controls_of(comparisons: Iterable[Comparison]) -> Iterator[Comparison]:
    """Each base against itself, with everything that runs on it.

    Patches that are judged in place stand on one another; they have one control together,
    at the bottom of their series.
    """
    grounds: dict[Ground, list[Comparison]] = {}
    for each in comparisons:
        trees = each.bottom or each.base_trees
        ground = msgspec.structs.replace(each.ground, trees=trees)
        grounds.setdefault(ground, []).append(each)
    for ground, together in grounds.items():
        # What the base has not says nothing of its noise.
        parts = dict.fromkeys(p for each in together for p in each.parts if not p.is_new)
        if not parts:
            continue
        yield msgspec.structs.replace(
            together[0],
            stack=Stack(),
            ground=ground,
            bottom=(),
            patched_trees=ground.trees,
            parts=tuple(parts),
            red_trees=(),
            imports=(),
            edits=(),
            own_tests=(),
            notes=(),
            flips=(),
            applies=ApplyResult.CLEAN,
            traced=(),
        )

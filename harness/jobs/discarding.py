"""Takes away what was made for a job that nobody will do again.

Owns: what that is. Its result stays, so that the job need not be done again. Must not know
why nobody will.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from ..model import Job
from ..sources.provider import Provider
from .worker import place_digest

# What is made for one tree, in folders whose names begin with its id.
OF_TREES = ("runtimes", "installations")


@contextmanager
def discarding(provider: Provider) -> Iterator[Callable[[Job], None]]:
    """A function that gives up the checkout of a job's first tree, and takes away what was
    compiled or linked for it, beside whatever else goes on; all of that is over at the end."""
    root = provider.home.root
    with ThreadPoolExecutor(1, thread_name_prefix="discarding") as aside:

        def discard(job: Job) -> None:
            tree = job.trees[0]
            provider.trees.give_up(tree)
            made = [path for name in OF_TREES for path in (root / name).glob(f"{tree.tree[:16]}-*")]
            for path in (*made, root / "pycache" / place_digest(job)):
                aside.submit(shutil.rmtree, path, ignore_errors=True)

        yield discard

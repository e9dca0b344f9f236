"""Real git, called as a contributor calls it, without this machine's configuration."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def git(folder: Path, *words: str, given: str | None = None) -> str:
    """What a git command printed in ``folder``, without the ends; an error fails the test.

    ``given`` is what it reads.
    """
    env = {
        name: value for name, value in os.environ.items() if not name.startswith("GIT_")
    } | dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "A Contributor")
    env |= dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "contributor@example.com")
    env["GIT_CONFIG_GLOBAL"] = os.devnull
    done = subprocess.run(
        ["git", *words],
        cwd=folder,
        env=env,
        input=given,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()

"""The environment in which git runs, so that a tree id means the same everywhere.

Owns: which of the user's settings count. None do in a repository of the workbench,
but for those that say how a remote is reached; with a remote all of them do. Nobody
is ever asked anything. Must not know repositories.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cache

from ..catalog import patchfile
from ..model import WorkbenchError
from ..system import processes

NO_GIT = "git is not installed; install git 2.32 or newer"
CONFIG_SECONDS = 10.0
QUIET = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
IDENTITY = {
    "GIT_AUTHOR_NAME": patchfile.NO_AUTHOR[0],
    "GIT_AUTHOR_EMAIL": patchfile.NO_AUTHOR[1],
    "GIT_AUTHOR_DATE": "2021-02-21T00:00:00Z",
    "GIT_COMMITTER_NAME": patchfile.NO_AUTHOR[0],
    "GIT_COMMITTER_EMAIL": patchfile.NO_AUTHOR[1],
    "GIT_COMMITTER_DATE": "2021-02-21T00:00:00Z",
}
# The repository of somebody else: git gives these to a hook, an alias and `rebase --exec`,
# and whatever was started there would work in that repository (githooks(5)).
OUTER = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIFF_OPTS",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)
# What says how a remote is reached: other names for it, proxies, certificates, credentials.
TRANSPORT = ("credential.", "http.", "protocol.", "ssh.", "url.")
TRANSPORT_KEYS = ("core.askpass", "core.gitproxy", "core.sshcommand")


def alone() -> dict[str, str]:
    """For commands in a repository of the workbench: no configuration of the user's.

    But for how remotes are reached, since any command may fetch what a partial clone
    left out, and a proxy or a password is needed for that as it was at first.
    """
    return {
        **QUIET,
        **IDENTITY,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_PARAMETERS": "",
        **_transport(_where_settings_are()),
    }


def with_remotes() -> dict[str, str]:
    """For commands that talk to a remote: everything that the user configured holds.

    ``url.insteadOf``, proxies, certificates, credential helpers and ``safe.directory``
    stand in the user's own files, so ``GIT_CONFIG_GLOBAL`` is theirs. A password that
    no helper knows is an error and no question.
    """
    return dict(QUIET)


def forget_outer_repository() -> None:
    """Take the repository that this process was started in out of its environment.

    What git is given can only add to what a process inherits.
    """
    for name in OUTER:
        os.environ.pop(name, None)


def _where_settings_are() -> tuple[tuple[str, str], ...]:
    names = ("GIT_CONFIG", "HOME", "XDG_CONFIG_HOME")
    return tuple(sorted(item for item in os.environ.items() if item[0].startswith(names)))


@cache
def _transport(where: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """The user's settings about remotes as variables (git-config(1)), asked for once."""
    found = list(_settings())
    pairs = {"GIT_CONFIG_COUNT": str(len(found))}
    for number, (key, value) in enumerate(found):
        pairs |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return pairs


def _settings() -> Iterator[tuple[str, str]]:
    words = ["git", "config", "--list", "--null", "--includes", "--show-scope"]
    try:
        listed = processes.run(words, deadline=CONFIG_SECONDS)
    except processes.Interrupted:
        raise
    except WorkbenchError:
        raise WorkbenchError(NO_GIT) from None
    if not listed.ok:
        return  # a file that git can not read; a command that needs a remote will tell
    parts = listed.stdout.split("\0")[:-1]
    for scope, setting in zip(parts[::2], parts[1::2], strict=True):
        # A key without a value is true, and one with an empty value is not.
        key, equals, value = setting.partition("\n")
        if scope in ("system", "global", "command") and (
            key.startswith(TRANSPORT) or key in TRANSPORT_KEYS
        ):
            yield key, value if equals else "true"

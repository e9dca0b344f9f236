"""The CPU time of a command, with what runs where nobody waits for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from harness.model import Isolation, WorkbenchError
from harness.system import accounts, processes, sandbox
from harness.system.accounts import Account

SECONDS = 0.5
WORKS = f"import time\nwhile time.process_time() < {SECONDS}: pass"


@pytest.fixture
def account() -> Iterator[Account]:
    try:
        with accounts.account() as made:
            yield made
    except WorkbenchError as error:
        pytest.skip(f"needs cgroup v2 and root: {error}")


def test_a_sandbox_is_counted(account: Account) -> None:
    """bubblewrap's monitor leaves before the first process of the namespace has ended."""
    if sandbox.level() is not Isolation.SANDBOX:
        pytest.skip("needs bubblewrap: apt-get install bubblewrap")
    unshared = ("bwrap", "--ro-bind", "/", "/", "--proc", "/proc", "--unshare-pid")
    command = [*account.words, *unshared, sys.executable, "-S", "-c", WORKS]
    assert subprocess.run(command, check=False).returncode == 0
    assert account.seconds >= SECONDS


def test_it_counts_only_what_joins(account: Account) -> None:
    before = account.seconds
    assert before < SECONDS
    subprocess.run([sys.executable, "-S", "-c", WORKS], check=True)
    assert account.seconds == before
    assert processes.run([*account.words, "true"], deadline=20).ok


def test_it_is_gone_afterwards() -> None:
    try:
        with accounts.account() as made:
            assert made.folder.is_dir()
    except WorkbenchError as error:
        pytest.skip(f"needs cgroup v2 and root: {error}")
    assert not made.folder.exists()

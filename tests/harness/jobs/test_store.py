"""Results that are kept: whole, or as good as none."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.values import result

from harness.jobs.store import Store
from harness.model import JobEnd, Outcome, Result, SpuriousError, Status
from harness.system.home import Home

RESULT = result(a=Status.PASSED, b=Status.FAILED)
NAME = "0123456789abcdef"


@pytest.fixture
def store(home: Home) -> Store:
    return Store(home)


def entry(home: Home) -> Path:
    (path,) = (home.root / "results").rglob("*.json")
    return path


def test_what_was_put_is_got(store: Store) -> None:
    assert store.get(NAME) is None
    store.put(NAME, RESULT)
    assert store.get(NAME) == RESULT


@pytest.mark.parametrize(
    ("ended", "kept"),
    [
        (JobEnd.COMPLETED, True),
        (JobEnd.CUT_OFF, True),
        (JobEnd.NOT_RUN, False),
        (JobEnd.SPURIOUS, False),
    ],
)
def test_what_says_nothing_about_the_patch_is_not_kept(
    store: Store, ended: JobEnd, kept: bool
) -> None:
    store.put(NAME, Result(ended))
    assert (store.get(NAME) is not None) is kept


@pytest.mark.parametrize("length", [0, 1, 40, 65, 100, -1])
def test_an_entry_cut_short_is_none(store: Store, home: Home, length: int) -> None:
    store.put(NAME, RESULT)
    entry(home).write_bytes(entry(home).read_bytes()[:length])
    assert store.get(NAME) is None
    store.put(NAME, RESULT)
    assert store.get(NAME) == RESULT


def test_one_flipped_bit_anywhere_makes_an_entry_none(store: Store, home: Home) -> None:
    store.put(NAME, RESULT)
    whole = entry(home).read_bytes()
    for place in range(len(whole)):
        entry(home).write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        assert store.get(NAME) is None, place


def test_an_entry_of_another_shape_is_none(store: Store, home: Home) -> None:
    store.put(NAME, RESULT)
    body = b'{"ended": "perhaps"}'
    entry(home).write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    assert store.get(NAME) is None


@pytest.fixture
def small_disk() -> Iterator[None]:
    """No file of this process can grow, as on a full disk."""
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)


def test_a_full_disk_is_the_machines_fault_and_leaves_nothing(
    store: Store, home: Home, small_disk: None
) -> None:
    with pytest.raises(SpuriousError, match=r"cannot write .*json: File too large"):
        store.put(NAME, RESULT)
    assert store.get(NAME) is None
    assert not [path for path in (home.root / "results").rglob("*") if path.is_file()]


def test_writers_at_the_same_time_leave_one_whole_entry(store: Store, home: Home) -> None:
    written = [Result(JobEnd.COMPLETED, {f"test{n}": Outcome(Status.PASSED)}) for n in range(8)]
    begin = threading.Barrier(len(written))

    def write(each: Result) -> None:
        begin.wait()
        for _ in range(20):
            store.put(NAME, each)
            assert store.get(NAME) in written

    threads = [threading.Thread(target=write, args=[each]) for each in written]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get(NAME) in written
    assert os.listdir(entry(home).parent) == [entry(home).name]


def test_the_log_of_an_earlier_run_is_removed(store: Store) -> None:
    store.log(NAME).write_text("old", "utf-8")
    assert not store.log(NAME).exists()


@given(st.dictionaries(st.text(max_size=20), st.sampled_from(Status), max_size=4), st.text())
def test_any_result_survives(
    tmp_path_factory: pytest.TempPathFactory, found: dict[str, Status], note: str
) -> None:
    store = Store(Home(tmp_path_factory.mktemp("home")))
    outcomes = {test: Outcome(status, reason=note) for test, status in found.items()}
    whole = Result(JobEnd.COMPLETED, outcomes, note=note)
    store.put(NAME, whole)
    assert store.get(NAME) == whole

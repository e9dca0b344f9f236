"""A store that machines share: it answers machines that are alike, or is as good as empty."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from support.stores import AT_ONCE, late_store
from support.tiny import WRONG, Workbench
from support.values import result

from harness.jobs.shared import MOST_LOG, Entry, SharedStore
from harness.jobs.store import Store
from harness.model import JobEnd, Result, Status
from harness.system.digests import digest
from harness.system.home import Home
from harness.system.machine import here

RESULT = result(a=Status.PASSED, b=Status.FAILED)
KEY, OTHER_KEY = "0123456789abcdef", "fedcba9876543210"
LOG = b"what the job printed\n"
SECONDS, PAUSE = 20.0, 3600.0


class Client:
    """A workbench's store on a machine, with a shared one behind it and what was told of it."""

    def __init__(self, folder: Path, url: str, **machine: object) -> None:
        self.told: list[str] = []
        self.home = Home(folder)
        self.seconds, self.pause = SECONDS, PAUSE
        self._url = url
        self._machine = msgspec.structs.replace(here(folder.parent), **machine)

    @property
    def shared(self) -> SharedStore:
        return SharedStore(
            self._url, self._machine, self.told.append, seconds=self.seconds, pause=self.pause
        )

    @property
    def store(self) -> Store:
        return Store(self.home, self.shared)

    def did(self, key: str = KEY, made: Result = RESULT) -> None:
        """Keep what a job came to, with its log."""
        store = self.store
        log = store.log(key)
        log.write_bytes(LOG)
        store.put(key, msgspec.structs.replace(made, log=self.home.relative(log)))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "shared"


@pytest.fixture
def one(tmp_path: Path, place: Path) -> Client:
    return Client(tmp_path / "one", f"file://{place}")


@pytest.fixture
def two(tmp_path: Path, place: Path) -> Client:
    return Client(tmp_path / "two", f"file://{place}")


def entries(place: Path) -> list[Path]:
    return sorted(place.rglob("*.json"))


def write(path: Path, entry: Entry) -> None:
    """An entry whose digest is right, whatever it says."""
    body = msgspec.json.encode(entry)
    path.write_bytes(digest(body).encode() + b"\n" + body)


def read(path: Path) -> Entry:
    return msgspec.json.decode(path.read_bytes().partition(b"\n")[2], type=Entry)


def test_what_one_did_the_other_need_not_do(one: Client, two: Client, place: Path) -> None:
    assert two.store.get(KEY) is None
    one.did()
    found = two.store.get(KEY)
    assert found is not None
    assert found.outcomes == RESULT.outcomes
    assert (two.home.root / found.log).read_bytes() == LOG
    for entry in entries(place):
        entry.unlink()
    assert two.store.get(KEY) == found  # it was kept here as well
    assert one.told == two.told == []


def test_an_entry_says_which_machine_made_it(one: Client, two: Client) -> None:
    one.did()
    entry = two.shared.get(KEY)
    assert entry is not None
    assert entry.machine == here(one.home.root.parent)
    assert entry.host


@pytest.mark.parametrize(
    "other",
    [{"kernel": "Linux 7"}, {"processor": "another"}, {"libraries": "others"}, {"is_root": None}],
    ids=lambda other: next(iter(other)),
)
def test_a_machine_that_is_another_has_entries_of_its_own(
    tmp_path: Path, one: Client, place: Path, other: dict[str, object]
) -> None:
    if "is_root" in other:
        other = {"is_root": not here(tmp_path).is_root}
    one.did()
    stranger = Client(tmp_path / "stranger", f"file://{place}", **other)
    assert stranger.store.get(KEY) is None
    stranger.did(made=result(a=Status.HUNG))
    assert len(entries(place)) == 2
    kept = one.shared.get(KEY)
    assert kept is not None and kept.result.outcomes == RESULT.outcomes
    assert stranger.told == []


@pytest.mark.parametrize("ended", [JobEnd.NOT_RUN, JobEnd.SPURIOUS])
def test_what_says_nothing_about_the_patch_is_neither_shared_nor_believed(
    one: Client, two: Client, place: Path, ended: JobEnd
) -> None:
    one.did(made=Result(ended))
    assert entries(place) == []
    one.did()
    (path,) = entries(place)
    write(path, msgspec.structs.replace(read(path), result=Result(ended)))
    assert two.store.get(KEY) is None
    assert "no result of a job" in "".join(two.told)


def test_one_flipped_bit_anywhere_makes_an_entry_none(
    one: Client, two: Client, place: Path
) -> None:
    one.did()
    (path,) = entries(place)
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        assert two.shared.get(KEY) is None, at
    for length in (0, 1, 64, 65, 100, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert two.shared.get(KEY) is None, length


def test_wrong_bytes_are_told_of_once_and_the_job_is_done_again(
    one: Client, two: Client, place: Path
) -> None:
    one.did()
    (path,) = entries(place)
    path.write_bytes(b"nonsense")
    shared = two.shared
    assert shared.get(KEY) is shared.get(KEY) is None
    (told,) = two.told
    assert "its bytes are not those that were written" in told
    two.did()
    assert one.shared.get(KEY) is not None


def test_the_entry_of_another_job_is_none(one: Client, two: Client, place: Path) -> None:
    one.did(KEY)
    one.did(OTHER_KEY, result(c=Status.PASSED))
    here_, there = entries(place)
    here_.write_bytes(there.read_bytes())
    got = [two.store.get(KEY), two.store.get(OTHER_KEY)]
    assert sum(each is None for each in got) == 1
    assert "belongs to another job" in "".join(two.told)


def test_the_entry_of_another_machine_is_none(one: Client, two: Client, place: Path) -> None:
    one.did()
    (path,) = entries(place)
    entry = read(path)
    write(
        path,
        msgspec.structs.replace(entry, machine=msgspec.structs.replace(entry.machine, kernel="x")),
    )
    assert two.store.get(KEY) is None
    assert "machine" in "".join(two.told)


def test_no_path_of_an_entry_is_believed(one: Client, two: Client, place: Path) -> None:
    one.did()
    (path,) = entries(place)
    lying = msgspec.structs.replace(read(path).result, log="../../etc/passwd")
    write(path, msgspec.structs.replace(read(path), result=lying))
    found = two.store.get(KEY)
    assert found is not None
    assert (two.home.root / found.log).read_bytes() == LOG


def test_a_long_log_is_shared_by_its_end(one: Client, two: Client) -> None:
    store = one.store
    log = store.log(KEY)
    log.write_bytes(b"begin" + b"x" * MOST_LOG)
    store.put(KEY, msgspec.structs.replace(RESULT, log=one.home.relative(log)))
    entry = two.shared.get(KEY)
    assert entry is not None and entry.log == b"x" * MOST_LOG


def test_a_late_store_is_told_of_once_and_not_asked_again_soon(tmp_path: Path) -> None:
    with late_store(tmp_path / "shared") as url:
        client = Client(tmp_path / "one", url)
        client.seconds = AT_ONCE
        store = client.store
        assert store.get(KEY) is store.get(OTHER_KEY) is None
        store.put(KEY, RESULT)
        store.put(OTHER_KEY, RESULT)
        assert store.get(KEY) == RESULT
    assert [told.partition("(")[0] for told in client.told] == [
        f"store {url}: it can not be asked ",
        f"store {url}: it can not be filled ",
    ]
    assert "no answer within" in client.told[0]


def test_a_store_that_answers_again_is_used_again(tmp_path: Path) -> None:
    with late_store(tmp_path / "shared") as url:
        client = Client(tmp_path / "one", url)
        client.seconds, client.pause = AT_ONCE, 0.0
        store = client.store
        assert store.get(KEY) is None
    client.did()
    client.seconds = SECONDS
    assert client.shared.get(KEY) is not None


def test_where_there_is_no_store_the_work_goes_on(tmp_path: Path) -> None:
    client = Client(tmp_path / "one", "http://127.0.0.1:0/store")
    store = client.store
    assert store.get(KEY) is None
    store.put(KEY, RESULT)
    assert store.get(KEY) == RESULT
    assert len(client.told) == 2


def test_a_store_that_is_full_still_answers(
    tmp_path: Path, one: Client, two: Client, place: Path
) -> None:
    """What stands in the way here is a file; a disk that is full is one of the blobs' tests."""
    one.did()
    (place / "parts").rmdir()
    (place / "parts").write_bytes(b"")
    two.did(OTHER_KEY)
    assert two.store.get(KEY) is not None
    (told,) = two.told
    assert "it can not be filled" in told


def test_a_home_that_can_not_be_written_uses_what_others_did(one: Client, two: Client) -> None:
    one.did()
    for name in ("results", "logs"):
        (two.home.folder(name) / KEY[:2]).write_bytes(b"a file where a folder would be made")
    found = two.store.get(KEY)
    assert found is not None and found.outcomes == RESULT.outcomes


def results(bench: Workbench) -> dict[str, bytes]:
    """What is kept of every job, with how long it took, by key."""
    return {path.name: path.read_bytes() for path in (bench.home / "results").rglob("*.json")}


def test_a_second_workbench_runs_nothing_and_says_the_same(tmp_path: Path) -> None:
    """Two homes, two engines and one store, named once by a flag and once by a variable."""
    store = tmp_path / "store"
    benches = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        benches.append(Workbench(tmp_path / name))
    first, second = benches
    words = ("--candidate", "django/breaks")
    done = first.run("test", *words, "--store", store)
    assert done.status == 0, done.err
    second.env["WORKBENCH_STORE"] = str(store)
    done = second.run("test", *words, "--engine", "processes", "--jobs", "2")
    assert done.status == 0, done.err
    assert "store" not in done.err
    assert results(first) == results(second)
    assert first.report()["candidates"] == second.report()["candidates"]


def test_a_store_in_trouble_is_told_of_and_changes_nothing(tmp_path: Path) -> None:
    bench = Workbench(tmp_path)
    words = ("--candidate", "django/breaks")
    done = bench.run("test", *words, "--store", "http://127.0.0.1:0/store")
    assert done.status == 0
    told = [line for line in done.err.splitlines() if line.startswith("store ")]
    assert [line.partition(" (")[0] for line in told] == [
        "store http://127.0.0.1:0/store: it can not be asked",
        "store http://127.0.0.1:0/store: it can not be filled",
    ]
    assert bench.candidates()["django/breaks"]["verdict"] == "breaks"


def test_a_store_that_can_not_be_is_a_wrong_request(workbench: Workbench) -> None:
    done = workbench.run("test", "--store", "nothing://x")
    assert done.status == WRONG
    assert done.error.startswith("error: nothing://x can not be a shared store: ")

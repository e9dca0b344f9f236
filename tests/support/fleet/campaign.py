"""Faults at random moments while a fleet judges many patches, and what came of it.

Owns: the moments, and the comparison with a run in which nothing went wrong. What is looked at
is what a user sees: the report of the client, and its list of jobs.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from filelock import FileLock, Timeout

from harness.system.home import Home

from ..tiny import POLL
from .crew import Crew, kill, working
from .faults import DISK, FAULTS, End, Situation, mount_disks, unmount_disks
from .trouble import StoreState
from .world import World, make

APART = "FLEET_APART"  # set in the process that has mounts of its own
LASTS = 20  # results until a fault that lasts ends
OR_SECONDS = 15.0  # or after so long, longer than a store is waited for
MOST_STARTS = 60
JOB_BYTES, ROOM = 400_000, 96 << 20  # what a patch takes on a machine's disk, and the rest
# What differs between two runs in which the same things happened.
TIMES = ("log", "log_end", "detail", "seconds", "wait", "trail")


class Plan(NamedTuple):
    """How large a campaign is."""

    patches: int
    cells: int
    workers: int
    machines: int
    moments: int
    runs: int
    seed: int
    seconds: float


class Moment(NamedTuple):
    """A fault, after how many results of a run it began, and the number of that run."""

    fault: str
    after: int
    run: int


class Seen(NamedTuple):
    """What came of one run: jobs that were lost or counted twice, what was left, and verdicts
    that are other ones. ``met`` is how many requests met a store in which state, and ``starts``
    how often a client was started."""

    lost: int
    twice: int
    left: tuple[str, ...]
    others: tuple[str, ...]
    met: dict[str, int]
    starts: int
    seconds: float


class Clients:
    """The client whose report counts, started again until it has ended well, and others."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._words = ("--scheduler", crew.address)
        self.home = crew.folder / "client"
        self.starts = 0
        self._first = self._start()
        self._others: list[tuple[Path, subprocess.Popen[bytes]]] = []

    def _start(self) -> subprocess.Popen[bytes]:
        self.starts += 1
        return self._crew.client(self.home, *self._words)

    def kill(self) -> None:
        """Kill the one whose report is looked at."""
        kill(self._first)

    def another(self) -> None:
        """One that does its jobs itself, in a home of its own."""
        home = self._crew.folder / f"other{len(self._others)}"
        self._others.append((home, self._crew.client(home, "--jobs", "1")))

    def others(self) -> list[tuple[Path, int]]:
        """The homes and exit statuses of the others, when they have ended."""
        return [(home, process.wait()) for home, process in self._others]

    def is_done(self) -> bool:
        """Whether the first has ended well; it is started again if it ended otherwise."""
        status = self._first.poll()
        if status is None or status == 0:
            return status == 0
        if self.starts >= MOST_STARTS:
            raise RuntimeError(
                f"{self.starts} clients ended with {status}; see {self._crew.folder}"
            )
        self._first = self._start()
        return False


def verdicts(home: Path) -> dict[str, Any]:
    """What a report says of each candidate, but for what every run has of its own."""
    report = msgspec.json.decode((home / "reports" / "report.json").read_bytes())
    found = {}
    for each in [*report["candidates"], *report.get("controls", [])]:
        changes = [{k: v for k, v in c.items() if k not in TIMES} for c in each.pop("changes")]
        rest = {k: each[k] for k in ("verdict", "applies", "counts", "tests", "runs") if k in each}
        found[f"{each['name']} on {each['base']}"] = rest | {"changes": changes}
    return found


def jobs(home: Path) -> Counter[str]:
    """How often each job was counted."""
    lines = (home / "reports" / "jobs.txt").read_text("utf-8").splitlines()
    return Counter(line.partition(": ")[0] for line in lines)


def left(crew: Crew, homes: Sequence[Path]) -> Iterator[str]:
    """What of a run is still there when everybody has ended."""
    for process in crew.processes():
        yield f"process {process.pid}"
    for home in filter(Path.is_dir, homes):
        with Home(home).scratch("look"):  # as the next one would, who takes away what nobody has
            kept = [p for p in (home / "scratch").iterdir() if not p.name.startswith("look-")]
        yield from map(str, kept)
        for path in home.rglob("*.part"):
            yield str(path)
        for path in home.glob("locks/**/*.lock"):
            try:
                FileLock(path).acquire(blocking=False).lock.release()
            except Timeout:
                yield f"held {path}"
    for path in (crew.store / "parts").glob("*"):
        yield str(path)


def run(
    crew: Crew, faults: dict[int, str], disks: list[Path], seed: int, until: float
) -> tuple[list[tuple[str, int]], Clients]:
    """One run of everything, with a fault after so many results each; tells which began when."""
    chance = random.Random(seed)
    waiting = sorted(faults.items())
    going: list[tuple[int, float, End]] = []
    began: list[tuple[str, int]] = []
    with working(crew):
        clients = Clients(crew)
        while not clients.is_done():
            if time.monotonic() > until:
                raise TimeoutError(f"the run has not ended; see {crew.folder}/said")
            crew.tend()
            done, now = crew.done(), time.monotonic()
            for after, deadline, end in list(going):
                if done >= after + LASTS or now > deadline:
                    end()
                    going.remove((after, deadline, end))
            if waiting and done >= waiting[0][0]:
                _, name = waiting.pop(0)
                end = FAULTS[name](Situation(crew, clients, chance, disks))
                going.append((done, now + OR_SECONDS, end))
                began.append((name, done))
            time.sleep(POLL * 5)
        for _, _, end in going:
            end()
        crew.controls.set_store(StoreState.WELL)
        for home, status in clients.others():
            if status:
                raise RuntimeError(f"the client of {home} ended with {status}")
    return began, clients


def compare(reference: Path, crew: Crew, homes: Sequence[Path], starts: int, took: float) -> Seen:
    """What a run came to, beside the one in which nothing went wrong. The first of the clients'
    ``homes`` is the one whose jobs are counted."""
    wanted, counted = jobs(reference), jobs(homes[0])
    return Seen(
        lost=sum((wanted - counted).values()),
        twice=sum((counted - wanted).values()),
        left=tuple(left(crew, [*homes, *crew.homes])),
        others=tuple(_others(homes, verdicts(reference))),
        met={state: crew.controls.met(state) for state in StoreState},
        starts=starts,
        seconds=took,
    )


def _others(homes: Sequence[Path], said: dict[str, Any]) -> list[str]:
    found = []
    for home in homes:
        own = verdicts(home)
        for name in sorted({*own, *said}):
            if own.get(name) != said.get(name):
                found.append(f"{home.name}: {name}: {_unlike(own.get(name), said.get(name))}")
    return found


def _unlike(own: dict[str, Any] | None, said: dict[str, Any] | None) -> str:
    """In what two candidates differ."""
    if own is None or said is None:
        return "it is in one report only"
    keys = [key for key in {**said, **own} if own.get(key) != said.get(key)]
    found = [f"{key} {own.get(key)}, not {said.get(key)}" for key in keys if key != "changes"]
    mine, theirs = ({c["test"]: c for c in each["changes"]} for each in (own, said))
    for test in sorted({*mine, *theirs}):
        if mine.get(test) != theirs.get(test):
            here, there = mine.get(test, {}), theirs.get(test, {})
            parts = {k: (here.get(k), there.get(k)) for k in {**here, **there}}
            found.append(f"{test}: " + str({k: v for k, v in parts.items() if v[0] != v[1]}))
    return "; ".join(found)


@contextmanager
def place(keep: str) -> Iterator[Path]:
    """A folder for everything; ``keep`` names one that stays."""
    if keep:
        yield Path(keep).absolute()
        return
    with tempfile.TemporaryDirectory(prefix="fleet-") as folder:
        yield Path(folder)


def campaign(plan: Plan, folder: Path) -> bool:
    """Everything; prints what came of it, and returns whether all is as it should be."""
    world = make(folder, plan.patches, plan.cells)
    reference = folder / "reference"
    total, took = undisturbed(folder, world, reference)
    say(
        f"{plan.patches} patches x {plan.cells} cells, {plan.workers} workers on {plan.machines} "
        f"machines: {total} jobs, {took:.0f} s with nothing in the way"
    )
    chance = random.Random(plan.seed)
    # Each fault equally often, in an order that nobody chose.
    names = [list(FAULTS)[n % len(FAULTS)] for n in range(plan.moments)]
    chance.shuffle(names)
    moments: list[Moment] = []
    runs: list[Seen] = []
    why, unfinished = "", 0
    for number in range(plan.runs):
        own = folder / f"run{number}"
        crew = Crew(own, world, plan.workers, plan.machines)
        disks = [*crew.homes, own / "client"]
        why = mount_disks(disks, ROOM + plan.patches * JOB_BYTES)
        mine = [name for name in names[number :: plan.runs] if name != DISK or not why]
        at = sorted(chance.sample(range(1, max(total, len(mine) + 2)), len(mine)))
        began = time.monotonic()
        faults = dict(zip(at, mine, strict=True))
        try:
            seen, clients = run(
                crew, faults, disks, chance.randrange(1 << 30), began + plan.seconds
            )
        except (RuntimeError, TimeoutError) as error:
            say(f"run {number}: {error}")
            unfinished += 1
            unmount_disks(disks)
            continue
        moments += [Moment(name, after, len(runs)) for name, after in seen]
        homes = [clients.home, *(home for home, _ in clients.others())]
        runs.append(compare(reference, crew, homes, clients.starts, time.monotonic() - began))
        unmount_disks(disks)
    tell(moments, runs, total, why)
    wrong = [seen for seen in runs if seen.lost or seen.twice or seen.left or seen.others]
    return not (wrong or unfinished)


def undisturbed(folder: Path, world: World, home: Path) -> tuple[int, float]:
    """The run that the others are compared with, by one client alone: its jobs, and seconds."""
    crew = Crew(folder, world, 0, 0)
    began = time.monotonic()
    status = crew.client(home, store=False).wait()
    if status:
        raise RuntimeError(f"the run with nothing in the way ended with {status}; see {folder}")
    return sum(jobs(home).values()), time.monotonic() - began


def say(text: str) -> None:
    """A line, at once."""
    print(text, flush=True)


def tell(moments: Sequence[Moment], runs: Sequence[Seen], total: int, why: str) -> None:
    """The table."""
    say(f"{'fault':18} {'moments':>7}  after so many results")
    for name in FAULTS:
        at = [f"{m.after}" for m in moments if m.fault == name]
        said = " ".join(at) if at else f"not tried: {why}" if name == DISK and why else "-"
        say(f"{name:18} {len(at):>7}  {said}")
    for state in filter(lambda each: each is not StoreState.WELL, StoreState):
        say(f"requests that met a store that was {state}: {sum(s.met[state] for s in runs)}")
    say(
        f"{'run':>3} {'moments':>8} {'clients':>8} {'seconds':>8} {'lost':>5} {'twice':>6} "
        f"{'left':>5} {'other verdicts':>15}"
    )
    for n, seen in enumerate(runs):
        own = sum(moment.run == n for moment in moments)
        say(
            f"{n:>3} {own:>8} {seen.starts:>8} {seen.seconds:>8.0f} {seen.lost:>5} {seen.twice:>6} "
            f"{len(seen.left):>5} {len(seen.others):>15}"
        )
        for each in (*seen.left[:5], *seen.others[:5]):
            say(f"    {each}")
    lost, twice = sum(s.lost for s in runs), sum(s.twice for s in runs)
    remains, others = sum(len(s.left) for s in runs), sum(len(s.others) for s in runs)
    say(
        f"{len(moments)} moments, {total} jobs in each run: lost {lost}, twice {twice}, "
        f"left {remains}, other verdicts {others}"
    )


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m support.fleet", description=__doc__)
    parser.add_argument("--patches", type=int, default=20)
    parser.add_argument("--cells", type=int, default=3)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--machines", type=int, default=2)
    parser.add_argument("--moments", type=int, default=4)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=3600.0, help="the most for one run")
    parser.add_argument("--keep", default="", help="a folder for everything, which stays")
    given = vars(parser.parse_args())
    if APART not in os.environ and os.geteuid() == 0:
        # Disks are mounted for the campaign alone.
        command = ["unshare", "--mount", "--propagation", "private", "--", sys.executable]
        command += ["-m", "support.fleet", *sys.argv[1:]]
        if not subprocess.run(["unshare", "--mount", "true"], check=False).returncode:
            os.execvpe(command[0], command, {**os.environ, APART: "1"})
    with place(given.pop("keep")) as folder:
        return 0 if campaign(Plan(**given), folder) else 1

"""The engine ``dask``: jobs on the workers of a Dask cluster, here or on other machines.

Owns: which machine gets which job, and what becomes of a job whose worker dies or lacks
something. Must not know how a job is done (``remote``), how a cluster is had
(``connecting``), nor the order of jobs. Dask brings jobs to a machine's workers and does
them again when one dies; all that are compared with one another stay on one machine.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from ...model import Job, JobEnd, Result, SpuriousError
from ...suites import SUITES
from ...system import processes
from ...system.files import replace_bytes
from ..worker import Worker
from . import machines, remote
from .machines import Machine
from .places import MachineLost, Together

if TYPE_CHECKING:
    import distributed

LOOK = 1.0  # seconds between two looks at the workers; events tell of most changes at once
PATIENCE = 20.0  # seconds without a change before nobody is expected to come (back)
STOP_SECONDS = 30.0  # for workers to end what they run; one may be gone
KILLS = 3  # workers that a job takes with it, at last alone, before that is what it does


@dataclass(eq=False)
class _Place:
    """What has to be done on one machine: which, and whether a result was given out."""

    key: Hashable
    machine: str = ""
    given: bool = False
    refused: dict[str, str] = field(default_factory=dict)
    tasks: set[_Task] = field(default_factory=set)


@dataclass(eq=False)
class _Task:
    """A job without a result; ``deaths`` are those of workers that had it.

    It waits for a machine unless it was ``sent`` to one.
    """

    job: Job
    place: _Place
    needs: tuple[str, ...]
    future: Future[Result]
    sent: distributed.Future[bytes] | None = None
    deaths: int = 0


class Cluster:
    """Hands jobs to the workers of a Dask cluster.

    ``connect`` is called when the first job has to be sent. ``limits`` are how many jobs run
    on this machine in any case, and at most, if the workers are this machine's own; those of
    another cluster decide themselves. The lock guards the fields.
    """

    def __init__(
        self,
        worker: Worker,
        connect: Callable[[], distributed.Client],
        together: Together,
        limits: tuple[int, int] | None = None,
    ) -> None:
        self._worker = worker
        self._home = worker.provider.home
        self._connect = connect
        self._together = together
        self._limits = limits
        self._here = machines.name_of(self._home)
        self._run = uuid.uuid4().hex
        self._lock = threading.RLock()
        self._client: distributed.Client | None = None
        self._fleet: dict[str, Machine] = {}
        self._quiet_since = time.monotonic()
        self._places: dict[Hashable, _Place] = {}
        self._stopped = False
        self._changed = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="cluster", daemon=True)

    @property
    def always(self) -> int:
        """How many jobs run at once in any case."""
        return self._limits[0] if self._limits else self.most

    @property
    def most(self) -> int:
        """How many run at once; elsewhere so many that no machine waits while others work."""
        if self._limits:
            return self._limits[1]
        fleet = self._fleet.values()
        able = [each.threads for each in fleet if not each.lacks(machines.for_all())]
        return max(1, 2 * sum(able))

    def open(self) -> None:
        """Connect, if that was not done yet."""
        if self._client is None:
            self._client = self._connect()
            self._client.subscribe_topic("all", lambda event: self._changed.set())
            self._look()
            self._watcher.start()

    def submit(self, job: Job) -> Future[Result]:
        """Have a job done. What the machine's own workers did before is not sent."""
        future: Future[Result] = Future()
        kept = self._worker.kept(job) if self._limits else None
        if kept is not None:
            future.set_result(kept)
            return future
        self.open()
        with self._lock:
            key = self._together(job)
            place = self._places.setdefault(key, _Place(key))
            for other in place.tasks:
                if other.job == job:
                    return other.future  # whoever asked before has gone
            task = _Task(job, place, machines.needs(job), future)
            place.tasks.add(task)
            self._send(task)
        return future

    def stop(self) -> None:
        """End what runs for us, here and elsewhere; a cluster that was there lives on."""
        with self._lock:
            self._stopped = True
            tasks = [task for place in self._places.values() for task in place.tasks]
            self._places.clear()
        for task in tasks:
            task.future.cancel()
            _release(task)
        if tasks and self._client is not None:
            # Not for ever: the scheduler may be what has gone.
            ending = threading.Thread(target=self._end_jobs, daemon=True)
            ending.start()
            ending.join(STOP_SECONDS)
        self._changed.set()
        if self._watcher.is_alive():
            self._watcher.join()

    def _end_jobs(self) -> None:
        with suppress(Exception):  # whatever is broken there, we are leaving
            assert self._client is not None
            self._client.run(remote.stop, self._run, on_error="ignore")

    def _send(self, task: _Task) -> None:
        """Give a task to the machine of its place, or let it wait for one."""
        place = task.place
        if not place.machine:
            load = Counter(each.machine for each in self._places.values() for _ in each.tasks)
            fleet = self._fleet.values()
            chosen = machines.choose(fleet, task.needs, load, tuple(place.refused))
            place.machine = chosen.name if chosen else ""
        machine = self._fleet.get(place.machine)
        if machine is None:
            return
        order = remote.Order(
            task.job,
            self._run,
            self._worker.fresh,
            machines.version(),
            self._here,
            self._worker.store,
            SUITES[task.job.suite].participants(task.job).lacks,
        )
        # Alone on its worker once one died under it: others that were there did not do it.
        slots = machine.least if task.deaths else 1
        assert self._client is not None
        sent = task.sent = self._client.submit(
            remote.carry_out,
            msgspec.json.encode(order),
            key=f"{task.job.suite}-{uuid.uuid4().hex}",
            pure=False,
            resources={f"{machines.MACHINE}:{machine.name}": 1, machines.SLOT: slots},
        )
        sent.add_done_callback(lambda _: self._ended(task, sent))

    def _ended(self, task: _Task, sent: distributed.Future[bytes]) -> None:
        """Take in what came of a task, once; called in a thread of Dask's client."""
        error: BaseException | None = None
        answer: remote.Answer | None = None
        try:
            if sent.status == "error":
                error = sent.exception()
            elif sent.status == "finished":
                answer = remote.ANSWERS.decode(sent.result())
        except Exception as broken:
            error = broken
        with self._lock:
            if task.sent is not sent or self._stopped:
                return
            _release(task)
            try:
                self._taken(task, answer, error)
            except Exception as broken:
                # Nobody hears what is raised in a callback: who waits would wait for ever.
                self._abandon(task, broken)

    def _taken(
        self, task: _Task, answer: remote.Answer | None, error: BaseException | None
    ) -> None:
        if error is not None:
            self._failed(task, error)
        elif answer is None:
            self._send(task)  # the scheduler lost it
        elif answer.lacks:
            self._refused(task, answer.lacks)
        else:
            self._give(task, self._with_log(task.place.machine, answer))

    def _abandon(self, task: _Task, broken: Exception) -> None:
        """Give up a task, whatever it was that can not go on."""
        _release(task)
        task.place.tasks.discard(task)
        if not task.future.done():
            note = f"the cluster failed: {type(broken).__name__}: {broken}"
            task.future.set_result(Result(JobEnd.SPURIOUS, note=note))

    def _failed(self, task: _Task, error: BaseException) -> None:
        from distributed import KilledWorker

        if isinstance(error, KilledWorker):
            self._died(task, error.allowed_failures + 1)
        elif isinstance(error, processes.Interrupted):
            self._send(task)  # the worker is on its way out
        else:
            note = f"the worker failed: {type(error).__name__}: {error}"
            self._give(task, Result(JobEnd.SPURIOUS, note=note))

    def _died(self, task: _Task, workers: int) -> None:
        """Workers died while they had a task; whose doing that is shows where it is alone."""
        was_alone = task.deaths > 0
        task.deaths += workers
        if was_alone and task.deaths >= KILLS:
            note = f"{task.deaths} workers died one after another while they did this job"
            self._give(task, Result(JobEnd.NOT_RUN, note=note))
        # Sent again when it was looked which machines are still there: at once.
        self._changed.set()

    def _refused(self, task: _Task, why: str) -> None:
        """A machine lacks something: all of the place goes elsewhere, if it still can."""
        place = task.place
        if place.given:
            self._give(task, Result(JobEnd.NOT_RUN, note=f"{place.machine}: {why}"))
            return
        place.refused[place.machine] = why
        place.machine = ""
        for each in list(place.tasks):
            _release(each)
            self._send(each)
        self._changed.set()

    def _give(self, task: _Task, result: Result) -> None:
        task.place.given = True
        task.place.tasks.discard(task)
        task.future.set_result(result)

    def _with_log(self, machine: str, answer: remote.Answer) -> Result:
        """The result with its log in our folder, beside those of other machines."""
        result = answer.result
        if answer.log is None:
            return result
        try:
            log = self._home.folder("logs", machine) / result.log.rpartition("/")[2]
            replace_bytes(log, answer.log)
        except (OSError, SpuriousError) as error:
            return Result(JobEnd.SPURIOUS, note=str(error))
        return msgspec.structs.replace(result, log=self._home.relative(log))

    def _watch(self) -> None:
        while not self._stopped:
            self._changed.wait(LOOK)
            self._changed.clear()
            if self._stopped:
                return
            try:
                self._look()
            except Exception as broken:  # as in _ended: it is this thread's own
                with self._lock:
                    for task in [t for place in self._places.values() for t in place.tasks]:
                        self._abandon(task, broken)

    def _look(self) -> None:
        """See which machines there are, and look after what waits for one."""
        fleet: dict[str, Machine] = {}
        with suppress(Exception):  # a scheduler that does not answer has no workers
            assert self._client is not None and self._client.scheduler is not None
            # Not what the client keeps of it: that changes at any time, and names no workers.
            said = self._client.sync(self._client.scheduler.identity, n_workers=-1)
            fleet = machines.machines(each["resources"] for each in said["workers"].values())
        with self._lock:
            if fleet != self._fleet:
                self._fleet, self._quiet_since = fleet, time.monotonic()
            quiet = time.monotonic() - self._quiet_since
            # Nobody comes to a cluster of our own but to take the place of one that died.
            is_final = quiet > (PATIENCE if not (self._limits and fleet) else 0)
            if is_final:
                self._lose(fleet)
            for place in list(self._places.values()):
                self._look_after(place, is_final)

    def _lose(self, fleet: Mapping[str, Machine]) -> None:
        """Tell whoever waits for a machine that has gone for good, if it gave results."""
        lost = [p for p in self._places.values() if p.given and p.tasks and p.machine not in fleet]
        for machine in {place.machine for place in lost}:
            places = [place for place in lost if place.machine == machine]
            error = MachineLost(machine, frozenset(place.key for place in places))
            for place in places:
                del self._places[place.key]
                for task in place.tasks:
                    _release(task)
                    task.future.set_exception(error)

    def _look_after(self, place: _Place, is_final: bool) -> None:
        """``is_final``: there is nobody else to wait for."""
        if place.machine and place.machine not in self._fleet and not place.given:
            place.machine = ""
            for task in [each for each in place.tasks if each.sent is not None]:
                _release(task)
                self._died(task, 1)
        for task in [each for each in place.tasks if each.sent is None]:
            self._send(task)
            if task.sent is None and is_final:
                why = machines.nobody(self._fleet.values(), task.needs, place.refused)
                place.tasks.discard(task)
                task.future.set_result(Result(JobEnd.NOT_RUN, note=why))


def _release(task: _Task) -> None:
    """Let the cluster forget what was sent, if it was."""
    sent, task.sent = task.sent, None
    if sent is not None:
        sent.release()

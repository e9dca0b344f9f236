"""Carries out one job, from a frozen value to a frozen value.

Owns: the preparation of a job's place, and the question whether it was done
before. Must not know other jobs, verdicts or terminals. Every failure is a
state of the result: nothing but an interruption leaves here as an exception.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from ..model import Isolation, Job, JobEnd, Result, Source, SpuriousError, Tree, WorkbenchError
from ..pythons import environments, installations, runtimes, tracing
from ..sources.provider import Provider
from ..suites import SUITES
from ..suites.place import PROGRAMS, TRACING, JobWorkspace
from ..suites.traces import real_path
from ..system import machine, processes, sandbox
from ..system.digests import digest_of_value
from ..system.files import replace_bytes
from ..system.home import Home
from ..upstreams import kind_of
from . import building, bytecode
from .key import key_of
from .shared import SharedStore, in_this_process
from .store import Store


class Worker:
    """Does jobs in one workbench folder. ``fresh`` does again what was done before.

    What others did is in ``shared``, the store of that URL: it is asked for what was not done
    here, and gets what is.
    """

    def __init__(
        self, provider: Provider, *, fresh: bool = False, shared: SharedStore | None = None
    ) -> None:
        self._provider = provider
        self._home = provider.home
        self._shared = shared
        self._store = Store(provider.home, shared)
        self.fresh = fresh
        # The bytecode and the checkout of the commit that was tried last, by upstream.
        self._latest: dict[str, tuple[Path, Path]] = {}

    def __call__(self, job: Job) -> Result:
        """The job's result: a kept one, or a new one that is then kept."""
        try:
            return self._kept(job) or self._done(job)
        except processes.Interrupted:
            raise
        except SpuriousError as error:
            return Result(JobEnd.SPURIOUS, note=str(error))
        except WorkbenchError as error:
            return Result(JobEnd.NOT_RUN, note=str(error))
        except OSError as error:
            return Result(JobEnd.SPURIOUS, note=f"the machine failed: {error}")

    @property
    def provider(self) -> Provider:
        """Where it has its trees from."""
        return self._provider

    @property
    def store(self) -> str:
        """The URL of the shared store; empty if there is none."""
        return self._shared.url if self._shared else ""

    def kept(self, job: Job) -> Result | None:
        """The job's result if it was done in this folder, and may be used."""
        packages = None if self.fresh else self._remembered(job)
        try:
            return None if packages is None else self._store.own(self._key(job, packages))
        except OSError:
            return None

    def is_kept(self, job: Job) -> bool:
        """Whether it was done before, here, so that nothing has to run for it."""
        packages = None if self.fresh else self._remembered(job)
        return packages is not None and self._store.has(self._key(job, packages))

    def elsewhere(self) -> tuple[str, bool, str]:
        """What another process needs to make such a worker; a job carries the rest."""
        return str(self._home.root), self.fresh, self.store

    def _kept(self, job: Job) -> Result | None:
        if self.fresh:
            return None
        packages = self._remembered(job)
        if packages is None and self.store:
            packages = self._installed(job)
        return None if packages is None else self._store.get(self._key(job, packages))

    def _installed(self, job: Job) -> dict[str, str]:
        """The packages of a job's environment, which is made if it is not there yet.

        Which versions an index gives is found out here and now: with those of another day a
        result would be no result of this environment. Nothing is built for it.
        """
        packages: dict[str, str] = {}
        if job.traced:
            packages |= tracing.provide(self._home, job.python).packages
        for _, environment in self._environments(job, self._checkouts(job)):
            packages |= environment.packages
        replace_bytes(self._memo(job), msgspec.json.encode(packages))
        return packages

    def _done(self, job: Job) -> Result:
        with self._home.scratch("job") as scratch:
            place, packages = self.place(job, scratch)
            name = self._key(job, packages)
            place = place._replace(log=self._store.log(name))
            result = _without_paths(SUITES[job.suite].run(job, place), place)
            log = self._home.relative(Path(result.log)) if result.log else ""
            result = msgspec.structs.replace(result, log=log, packages=packages)
            for tree in filter(self._provider.trees.is_moving, job.trees):
                if not job.traced or tracing.is_quiet(job.python):
                    upstream = tree.base.upstream
                    self._latest[upstream] = (place.pycache, place.checkouts[upstream])
        replace_bytes(self._memo(job), msgspec.json.encode(packages))
        self._store.put(name, result)
        return result

    def place(self, job: Job, scratch: Path) -> tuple[JobWorkspace, dict[str, str]]:
        """Everything that a job's processes need, and the packages in its environment."""
        checkouts = self._checkouts(job)
        runtime = self._runtime(job, checkouts)
        path: tuple[Path, ...] = ()
        readable: tuple[Path, ...] = ()
        packages: dict[str, str] = {}
        watching: tuple[Path, ...] = ()
        shared: tuple[Path, ...] = (PROGRAMS,)
        if job.traced:
            tracer = tracing.provide(self._home, job.python)
            packages |= tracer.packages
            watching, readable = (*TRACING, *tracer.folders), tracer.readable
        for tree, environment in self._environments(job, checkouts):
            packages |= environment.packages
            shared = (*shared, environment.site_packages)
            if tree is not None and kind_of(tree.base.project).IS_INSTALLED:
                checkout = checkouts[tree.base.upstream]
                imported = kind_of(tree.base.project).import_path(checkout)
                runtime = installations.on(
                    runtime, self._home, tree, imported, checkout, environment, watching
                )
            else:
                path = (*path, environment.site_packages)
        pycache, more = self._bytecode(job, checkouts, runtime, shared)
        path = (*path, *watching)
        place = JobWorkspace(
            checkouts=checkouts,
            python=runtime.python,
            python_path=path,
            readable=(*runtime.readable, *readable, *path, *more),
            pycache=pycache,
            scratch=scratch,
            log=scratch / "log.txt",
            isolation=sandbox.level(),
            traced=tuple(real_path(file, checkouts) for file in job.traced),
        )
        return place, packages

    def _checkouts(self, job: Job) -> dict[str, Path]:
        trees = [self._provider.provide(tree) for tree in job.trees]
        return {tree.base.upstream: self._provider.trees.checkout(tree) for tree in trees}

    def _environments(
        self, job: Job, checkouts: Mapping[str, Path]
    ) -> Iterator[tuple[Tree | None, environments.Environment]]:
        """The environments of a job's trees, made where they are not there yet: of each that
        is no Python itself, with what the suite requires; of none for those that all are."""
        required = SUITES[job.suite].participants(job).requires
        others = [tree for tree in job.trees if not kind_of(tree.base.project).IS_INTERPRETER]
        for tree in others:
            project, checkout = tree.base.project, checkouts[tree.base.upstream]
            wanted = kind_of(project).requirements(checkout, job.python, project)
            yield tree, environments.provide(self._home, job.python, (*wanted, *required))
        if required and not others:
            yield None, environments.provide(self._home, job.python, required)

    def _bytecode(
        self,
        job: Job,
        checkouts: Mapping[str, Path],
        runtime: runtimes.Runtime,
        others: tuple[Path, ...],
    ) -> tuple[Path, tuple[Path, ...]]:
        """The folder for what the job's Python compiles, and what has to be readable for it."""
        own = self._home.folder("pycache", place_digest(job))
        models = [self._provider.trees.model_of(tree) for tree in job.trees]
        if not any(models) or sandbox.level() is not Isolation.SANDBOX:
            return own, ()
        trees = tuple(model or tree for model, tree in zip(models, job.trees, strict=True))
        on_base = msgspec.structs.replace(job, trees=trees, traced=())
        base = self._home.folder("pycache", place_digest(on_base))
        before = {tree.base.upstream: self._provider.trees.checkout(tree) for tree in trees}
        under = self._runtime(on_base, before)
        folders = []
        for tree in job.trees:
            name = tree.base.upstream
            if self._provider.trees.is_moving(tree):
                other, checkout = self._latest.get(name, (base, before[name]))
                bytecode.link(own, other, (checkouts[name], checkout))
            else:
                folders.append((checkouts[name], before[name]))
        folders += zip(runtime.readable, under.readable, strict=False)
        folders += [(folder, folder) for folder in (Path(job.python.prefix), *others)]
        bytecode.share(own, base, folders)
        is_moving = any(map(self._provider.trees.is_moving, job.trees))
        return own, (self._home.folder("pycache") if is_moving else base,)

    def _runtime(self, job: Job, checkouts: Mapping[str, Path]) -> runtimes.Runtime:
        """The Python that the job's trees stand on: one of them, or the machine's own."""
        for tree in job.trees:
            if kind_of(tree.base.project).IS_INTERPRETER:
                return self._runtime_of(job, tree, checkouts[tree.base.upstream])
        return runtimes.Runtime((job.python.path,), (Path(job.python.prefix),))

    def _runtime_of(self, job: Job, tree: Tree, checkout: Path) -> runtimes.Runtime:
        """The Python of a tree that is one."""
        if tree.base.source is Source.INSTALLED:
            return runtimes.of_installed(self._home, tree, checkout, job.python)
        return building.runtime_of(self._provider, tree, checkout)

    def _key(self, job: Job, packages: dict[str, str]) -> str:
        # Where the workbench's folder is, decides nothing; an interpreter may be in it.
        path = self._home.relative(Path(job.python.path))
        python = msgspec.structs.replace(job.python, path=path)
        job = msgspec.structs.replace(job, python=python)
        return key_of(job, packages, sandbox.level())

    def _memo(self, job: Job) -> Path:
        """Which packages such a job had: with them its key is known without preparing it."""
        required = SUITES[job.suite].participants(job).requires
        name = digest_of_value([place_digest(job), required])[:24] if required else ""
        return self._home.folder("packages") / f"{name or place_digest(job)}.json"

    def _remembered(self, job: Job) -> dict[str, str] | None:
        try:
            return msgspec.json.decode(self._memo(job).read_bytes(), type=dict[str, str])
        except (OSError, msgspec.MsgspecError):
            return None


def _without_paths(result: Result, place: JobWorkspace) -> Result:
    """The result with paths as they are inside a tree: reports are for other people.

    A report that is pasted into a ticket shall not tell where somebody works,
    and two runs of one thing shall say the same.
    """
    folders = (*place.checkouts.values(), *place.readable, place.scratch)
    roots = sorted({f"{folder}/" for folder in folders}, key=len, reverse=True)

    def short(text: str) -> str:
        for root in roots:
            text = text.replace(root, "")
        return text

    outcomes = {
        name: msgspec.structs.replace(o, reason=short(o.reason), detail=short(o.detail))
        for name, o in result.outcomes.items()
    }
    return msgspec.structs.replace(result, outcomes=outcomes)


def carry_out(job: bytes, home: str, fresh: bool, store: str = "") -> bytes:
    """The same for another process: a job as JSON in, its result as JSON out.

    ``store`` is the URL of a shared one, if there is one.
    """
    folder = Path(home)
    shared = in_this_process(store, machine.here(folder)) if store else None
    worker = Worker(Provider(Home(folder), {}), fresh=fresh, shared=shared)
    return msgspec.json.encode(worker(msgspec.json.decode(job, type=Job)))


def place_digest(job: Job) -> str:
    """The trees and the Python of a job: what its compiled files may be shared by.

    A run that is watched leaves nothing behind for those that judge, unless it is one.
    """
    trees = [tree.tree for tree in job.trees]
    is_apart = bool(job.traced) and not tracing.is_quiet(job.python)
    content = (trees, job.python.path, job.python.build, os.name, is_apart)
    return digest_of_value(content)[:24]

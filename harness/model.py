"""The workbench's words as frozen types and closed enumerations.

Owns: every status, kind and verdict word, and the values that cross a process
boundary. Must not know: git, processes, files, terminals, or any other module.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec


class WorkbenchError(Exception):
    """A failure that is told to the user in one line that names the next step."""

    exit_status = 3


class RequestError(WorkbenchError):
    """The request itself was wrong (unknown candidate, bad patch, bad flag)."""

    exit_status = 2


class SpuriousError(WorkbenchError):
    """The machine failed (memory, disk, network); never the patch's fault."""


class Source(StrEnum):
    """Where a tree comes from."""

    SDIST = "sdist"
    GIT = "git"
    DEB = "deb"
    INSTALLED = "installed"
    PATH = "path"


class Status(StrEnum):
    """What one test did in one run."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    EXPECTED_FAILURE = "expected-failure"
    UNEXPECTED_SUCCESS = "unexpected-success"
    HUNG = "hung"
    CRASHED = "crashed"
    NOT_RUN = "not-run"
    SPURIOUS = "spurious"
    ABSENT = "absent"


class ChangeKind(StrEnum):
    """One test's step from base to patched.

    ``removed``, ``renamed`` and ``turned-off`` is what the patch does to tests by hand, and
    ``weakened`` what passes on both sides and asserts less. ``slower`` and ``faster`` pass on
    both sides too: the test as a whole, or a wait that it measures (``Wait``).
    """

    UNCHANGED = "unchanged"
    BROKEN = "broken"
    FIXED = "fixed"
    STILL_FAILING = "still-failing"
    FAILS_DIFFERENTLY = "fails-differently"
    NEWLY_SKIPPED = "newly-skipped"
    NO_LONGER_SKIPPED = "no-longer-skipped"
    VANISHED = "vanished"
    REMOVED = "removed"
    RENAMED = "renamed"
    TURNED_OFF = "turned-off"
    WEAKENED = "weakened"
    NEW = "new"
    NEW_FAILING = "new-failing"
    SLOWER = "slower"
    FASTER = "faster"
    FLAKY = "flaky"
    UNKNOWN = "unknown"

    @property
    def is_worse(self) -> bool:
        """Whether the test does less on the patched tree than on the base.

        Once repeats have confirmed such a change, the patch breaks something.
        """
        return self in (
            ChangeKind.BROKEN,
            ChangeKind.NEWLY_SKIPPED,
            ChangeKind.VANISHED,
            ChangeKind.NEW_FAILING,
        )

    @property
    def is_silent(self) -> bool:
        """Whether it says nothing about the patch, so that no report lists it."""
        return self in (ChangeKind.UNCHANGED, ChangeKind.STILL_FAILING)


class Answer(StrEnum):
    """What one run says about one state of a search, in git bisect's words.

    ``not-yet`` is a test that can not exist there: what it is about was not made yet.
    """

    GOOD = "good"
    BAD = "bad"
    NOT_YET = "not-yet"
    UNTESTABLE = "untestable"

    @property
    def is_sure(self) -> bool:
        """Whether the run tells how the state behaves."""
        return self is not Answer.UNTESTABLE


class Conclusion(StrEnum):
    """How a search over a sequence of states came to its end."""

    FOUND = "found"
    RANGE = "range"
    SAME = "same"
    SWAPPED = "swapped"
    UNTESTABLE = "untestable"
    FLAKY = "flaky"

    @property
    def is_boundary(self) -> bool:
        """Whether there are two states between which the behaviour changes."""
        return self in (Conclusion.FOUND, Conclusion.RANGE)


class OverlayWay(StrEnum):
    """How a test that a tree lacks is laid over it, in the order in which that is tried."""

    WHOLE_FILES = "whole-files"
    HUNKS = "hunks"
    FUNCTION = "function"
    MODULE = "module"


class Presence(StrEnum):
    """Where a test goes wrong, seen from a suspected commit."""

    APPEARED = "appeared with it"
    DISAPPEARED = "disappeared with it"
    BOTH = "before it and after"
    NOWHERE = "nowhere"
    FLAKY = "flaky"
    UNTESTABLE = "untestable"


class Suspicion(StrEnum):
    """What the runs say about a suspected commit and one symptom."""

    CONFIRMED = "confirmed"
    NOT_THE_CAUSE = "not the cause"
    UNTESTABLE = "untestable"


class Verdict(StrEnum):
    """What all changes of one stack on one base add up to."""

    BREAKS = "breaks"
    FIXES = "fixes"
    NEUTRAL = "neutral"
    UNPROVEN = "unproven"
    INCONCLUSIVE = "inconclusive"
    DOES_NOT_APPLY = "does-not-apply"

    @property
    def is_good(self) -> bool:
        """Whether nothing was found against the patch, and everything ran that had to."""
        return self in (Verdict.NEUTRAL, Verdict.FIXES)


class ImpactState(StrEnum):
    """What a project's own tests say of a patch to the interpreter that it stands on.

    ``no-evidence``: they pass and never run a line that the patch changes. ``untestable``:
    nothing was found out, and the project's ``why`` says what was in the way.
    """

    REGRESSED = "regressed"
    FIXED = "fixed"
    FLAKY = "flaky"
    BROKEN_ALREADY = "broken-already"
    UNAFFECTED = "unaffected"
    NO_EVIDENCE = "no-evidence"
    UNTESTABLE = "untestable"

    @property
    def is_evidence(self) -> bool:
        """Whether steady tests ran the change, so that what they ran of it counts."""
        return self in (ImpactState.REGRESSED, ImpactState.FIXED, ImpactState.UNAFFECTED)


class ApplyResult(StrEnum):
    """How a patch series went onto a base."""

    CLEAN = "clean"
    THREE_WAY = "3way"
    FUZZY = "fuzzy"
    NO = "no"


class Side(StrEnum):
    """Which tree of a comparison a run was of: without the patch, with its tests alone, whole."""

    BASE = "base"
    RED = "red"
    PATCHED = "patched"


class Step(StrEnum):
    """What became of something that two reports tell of, from one to the other."""

    CAME = "came"
    WENT = "went"
    OTHER = "other"


class RunEnd(StrEnum):
    """How a run of the workbench came to its end, as those see it who watch it."""

    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    KILLED = "killed"


class JobEnd(StrEnum):
    """How one job came to its end."""

    COMPLETED = "completed"
    CUT_OFF = "cut-off"
    NOT_RUN = "not-run"
    SPURIOUS = "spurious"


class MutantFate(StrEnum):
    """What a patch's own tests say of a mutant of its code."""

    KILLED = "killed"
    SURVIVED = "survived"
    UNDECIDED = "undecided"


class Isolation(StrEnum):
    """What kept a job away from the rest of the machine."""

    SANDBOX = "sandbox"
    NETWORK_ONLY = "network-only"
    NONE = "none"


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all frozen values; they survive a JSON round trip unchanged."""


class Project(Value, frozen=True):
    """What a job has to know of an upstream, wherever it is carried out.

    ``name`` is its folder in ``patches/``, ``kind`` names its plug-in
    (``harness.upstreams``), ``url`` is where git fetches from. The rest is for projects
    that the plug-in does not know by itself: what they are called on package ``index``es,
    the folder of their ``tests``, what these need (requirements, ``extras`` and dependency
    ``groups`` of the tree), and the Pythons that run them if their metadata does not say.
    Tests in ``deselect``, files or ids, are not run.
    """

    name: str
    kind: str
    url: str = ""
    index: str = ""
    tests: str = "tests"
    requires: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    python: str = ""
    deselect: tuple[str, ...] = ()


class CandidateName(Value, frozen=True, order=True):
    """``django/peek-drain``: the upstream that a candidate is for, and its own name."""

    upstream: str
    name: str

    def __str__(self) -> str:
        return f"{self.upstream}/{self.name}" if self.upstream else self.name

    @classmethod
    def read(cls, text: str) -> CandidateName:
        """What a person wrote. A name without an upstream is nobody's."""
        upstream, slash, name = text.partition("/")
        return cls(upstream, name) if slash else cls("", text)


class Stack(Value, frozen=True):
    """Candidates that are applied together, in order, on one or more upstreams."""

    names: tuple[CandidateName, ...] = ()

    def __str__(self) -> str:
        return "+".join(map(str, self.names))

    @classmethod
    def read(cls, text: str) -> Stack:
        """What a person wrote: ``django/a`` or ``cpython/b+django/a``."""
        return cls(tuple(map(CandidateName.read, text.split("+"))))

    @property
    def short(self) -> str:
        """The candidates' own names: ``peek-drain`` or ``b + a``."""
        return " + ".join(name.name for name in self.names)

    @property
    def upstreams(self) -> tuple[str, ...]:
        """The upstreams that it changes, each once."""
        return tuple(dict.fromkeys(name.upstream for name in self.names))

    def on(self, upstream: str) -> Stack:
        """What of it changes that upstream."""
        return Stack(tuple(name for name in self.names if name.upstream == upstream))


UTF_8 = "utf-8"


class Patch(Value, frozen=True):
    """One patch: the candidate it belongs to, its file's name, its text.

    ``made_for`` is the release whose text it was written against; its blobs
    make a three-way merge into other releases possible. ``encoding`` gives the bytes of
    the text: UTF-8, or Latin-1 for a patch with bytes that are no UTF-8, of which every
    character then is one. JSON carries both, and would carry no lone surrogate. ``fuzz``
    says that it may go where its outer context is another, as patch(1) would put it.
    """

    candidate: CandidateName
    name: str
    text: str
    made_for: str = ""
    encoding: str = UTF_8
    fuzz: bool = False

    @property
    def data(self) -> bytes:
        """The bytes of the patch."""
        return self.text.encode(self.encoding)


class Base(Value, frozen=True):
    """A tree without any candidate, as a source can get it on any machine.

    ``locator`` is what the source needs: a release number, an absolute path,
    or ``URL@COMMIT``. ``version`` is what people call it.
    """

    project: Project
    version: str
    source: Source
    locator: str

    @property
    def upstream(self) -> str:
        """The project's name."""
        return self.project.name

    def __str__(self) -> str:
        return f"{self.upstream} {self.version}"


class Tree(Value, frozen=True):
    """One pinned state of an upstream: a base, the patches on it, its git ids.

    ``stack`` names what the patches are of; it is empty for a base.
    """

    base: Base
    commit: str
    tree: str
    stack: Stack = Stack()
    patches: tuple[Patch, ...] = ()


class Interpreter(Value, frozen=True):
    """A Python that was found and asked on this machine.

    ``build`` is the interpreter's own ``sys.version``: two builds of one
    version are two interpreters.
    """

    path: str
    version: str
    build: str
    prefix: str
    has_tests: bool

    @property
    def minor(self) -> str:
        """``3.13`` of ``3.13.0``."""
        return ".".join(self.version.split(".")[:2])


class BaseName(Value, frozen=True, omit_defaults=True):
    """What people call a base: ``django 6.1.3``.

    ``python`` is the Python that ran it, where a report has one base on several of them.
    """

    upstream: str
    version: str
    python: str = ""

    def __str__(self) -> str:
        name = f"{self.upstream} {self.version}".rstrip()
        return f"{name}, Python {self.python}" if self.python else name


class Ground(Value, frozen=True):
    """Trees that run together, and the Python that runs them.

    The first tree is the one whose tests are run; the others are what it stands on.
    ``tells_python``: it is called by its Python as well, as there are others beside it.
    """

    trees: tuple[Tree, ...]
    python: Interpreter
    tells_python: bool = False

    @property
    def names(self) -> tuple[BaseName, ...]:
        """The names of its bases, in the order of its trees."""
        python = self.python.version if self.tells_python else ""
        return tuple(BaseName(tree.base.upstream, tree.base.version, python) for tree in self.trees)

    def __str__(self) -> str:
        return ground_name(self.names)


def ground_name(names: Iterable[BaseName]) -> str:
    """``django 6.1.3`` or ``django 6.1.3 on cpython 3.13.0``."""
    return " on ".join(map(str, names))


class TracedFile(Value, frozen=True):
    """A file of a job's tree of ``upstream``, by its path there, and the lines of interest.

    Those of ``at_import`` are run when the file is imported, whatever happens afterwards.
    """

    upstream: str
    path: str
    lines: tuple[int, ...]
    at_import: tuple[int, ...] = ()


class Trace(Value, frozen=True):
    """What was run of one file while one test ran: lines of those that were of interest.

    An empty ``test`` is what was run outside of every test, above all at import.
    """

    upstream: str
    path: str
    test: str
    lines: tuple[int, ...]


class Job(Value, frozen=True):
    """One suite on one set of trees with one interpreter.

    It carries everything, so that any process on any machine can do it.
    ``labels`` are the suite's own arguments, ``select`` restricts it to
    matching test ids, ``only`` to these ids alone (empty: all; others are not run, which
    says nothing about them), ``attempt`` tells repeats apart, ``timeout`` and
    ``test_timeout`` are seconds for the whole job and for one test; the latter
    is twice the ten seconds after which upstream's tests give up by themselves.
    A job with ``traced`` files tells which of their lines were run by which test. Where
    being watched may change what a test does its outcomes are not judged.
    """

    suite: str
    trees: tuple[Tree, ...]
    python: Interpreter
    labels: tuple[str, ...]
    select: str = ""
    attempt: int = 1
    timeout: float = 900.0
    test_timeout: float = 20.0
    traced: tuple[TracedFile, ...] = ()
    only: tuple[str, ...] = ()


class Scene(Value, frozen=True):
    """What a test of the wire is about, and where it plays.

    ``behaviour`` is what is promised, in words; ``server``, ``link`` and ``client``
    are the lab's names, empty where a test has none of its own.
    """

    behaviour: str
    server: str = ""
    link: str = ""
    client: str = ""


class Outcome(Value, frozen=True):
    """What one test did in one run: a status, a duration in seconds, details.

    ``reason`` is one line; ``detail`` is the traceback or the stack of every
    thread; ``observation`` is a JSON text that the regression tests keep, and
    ``scene`` is what the suite knew of the test before it ran, if it has scenes. ``waits``
    are the seconds of all samples of what the test measured, by what was waited for.
    """

    status: Status
    seconds: float = 0.0
    reason: str = ""
    detail: str = ""
    observation: str = ""
    scene: Scene | None = None
    waits: dict[str, tuple[float, ...]] = {}


class Result(Value, frozen=True):
    """What came of one job.

    ``note`` says why a job did not complete; ``log`` is the captured output's
    path, relative to the workbench's folder. ``traces`` are those of the job's traced
    files; None if it could not be traced. ``cpu`` is the seconds that its processes worked,
    as far as was seen.
    """

    ended: JobEnd
    outcomes: dict[str, Outcome] = {}
    note: str = ""
    seconds: float = 0.0
    log: str = ""
    isolation: Isolation = Isolation.NONE
    packages: dict[str, str] = {}
    traces: tuple[Trace, ...] | None = None
    cpu: float = 0.0


class HunkLines(Value, frozen=True):
    """Which lines of the old text a hunk replaces by which of the new one.

    Each is the number of the first line and that of the one after the last; where there is
    none they are the same.
    """

    old: tuple[int, int]
    new: tuple[int, int]


class RanLines(Value, frozen=True):
    """Changed statements that exactly the same tests ran.

    ``lines`` are their first and last lines in the patched file, ``tests`` the places of
    these tests in ``FileReach.tests``; none where only an import ran them.
    """

    lines: tuple[tuple[int, int], ...]
    tests: tuple[int, ...] = ()


class FileReach(Value, frozen=True):
    """Which of the executable statements that a patch changes in a file were run.

    ``statements`` counts them, ``at_import`` those that were run only outside of a test,
    ``unreached`` are the first and last lines of what no test ran, and ``names`` the
    functions and classes around these. ``tests`` ran some of them, and ``ran`` tells which;
    what nothing ran is in ``unreached`` alone. ``why`` says why nothing is known, where that
    is so.
    """

    upstream: str
    path: str
    statements: int = 0
    at_import: int = 0
    unreached: tuple[tuple[int, int], ...] = ()
    names: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    why: str = ""
    ran: tuple[RanLines, ...] = ()


class Reach(Value, frozen=True):
    """Which of the code that a patch changes was run, and how far it was looked for.

    ``searched`` says in words which tests were run to find out, beyond those that judge.
    ``whole`` says that these were all the tests that there are.
    """

    files: tuple[FileReach, ...] = ()
    searched: str = ""
    whole: bool = False

    @property
    def is_full(self) -> bool:
        """Whether every changed statement was run, or there is none."""
        return not any(file.unreached or file.why for file in self.files)


class Wait(Value, frozen=True):
    """How long something takes without a patch and with it, measured in one test.

    ``name`` is what is waited for. ``base`` and ``patched`` are the medians in seconds of so
    many runs on each side, a run being the median of its samples. No ``runs``: seen in the
    first runs and not repeated.
    """

    name: str
    base: float
    patched: float
    runs: tuple[int, int] = (0, 0)


class Run(Value, frozen=True, omit_defaults=True):
    """What one test did in one run of one side, and how many ``seconds`` it took.

    Where the change is one of a wait, these are the seconds of that wait; they are 0 of a
    test whose process was ended in the middle of it. ``reason`` is one line; ``log`` is the
    captured output of the whole run, relative to the workbench's folder, where the test did
    not pass. ``alone``: it ran with other tests that changed, and without the rest of its
    part. JSON leaves out what is empty: a report has ten thousand of them.
    """

    side: Side
    status: Status
    seconds: float
    reason: str = ""
    log: str = ""
    alone: bool = False


class Change(Value, frozen=True):
    """One test's step from base to patched, with the runs behind it.

    ``place`` is the line of what the patch does to the test by hand (``tests/x.py:12``):
    before the patch for what it removes or renames, after it for the rest. ``renamed_to``
    is the id of the test that it is now.
    ``chance`` is how likely noise would look like it, at most (``judge.exact``); ``note``
    says what else is known of these runs, ``unsteady`` that those of the base disagree, so
    that the test decides nothing. With a ``wait`` it is that which changed, and not the test;
    a test then has a change for each of them.
    """

    suite: str
    test: str
    base: Status
    patched: Status
    kind: ChangeKind
    confirmed: bool
    base_runs: dict[str, int]
    patched_runs: dict[str, int]
    reason: str = ""
    group: str = ""
    expected: bool = False
    why: str = ""
    detail: str = ""
    log: str = ""
    place: str = ""
    renamed_to: str = ""
    chance: float = 1.0
    note: str = ""
    unsteady: bool = False
    wait: Wait | None = None
    trail: tuple[Run, ...] = ()
    log_end: str = ""
    labels: tuple[str, ...] = ()


class RedGreenProof(Value, frozen=True):
    """What a patch's own tests, those that it adds or changes, say of its code.

    ``red`` fail without the code and pass with it, in all of ``times`` runs on each side:
    they prove it. ``guards`` pass on both sides: they hold what must stay as it is, and prove
    nothing. ``unloaded`` pass with the code, and their modules do not even load without it:
    no proof, since nobody knows what they would do. ``failing`` go wrong with the code, by
    test, with the reason. ``wrong`` are
    sentences about tests that did not do the same in every run. Without ``times`` none of
    them ran.
    """

    red: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    failing: dict[str, str] = {}
    wrong: tuple[str, ...] = ()
    times: int = 0
    unloaded: tuple[str, ...] = ()


class Mutation(Value, frozen=True):
    """One small fault that was put into the patched code, and what its tests said of it.

    ``line`` is its number in the patched file and ``text`` what stands there; ``mutation``
    names the fault (``judge.mutants``). ``by`` is the first test that noticed it, or
    whatever else ended the run.
    """

    path: str
    line: int
    text: str
    mutation: str
    fate: MutantFate
    by: str = ""


class MutationProof(Value, frozen=True):
    """What a patch's own tests notice of faults in its code.

    Of ``possible`` mutants, ``mutations`` were tried, on ``tests`` that pass without a fault
    in every one of ``controls`` runs. ``nothing`` says why there was none to try, ``why``
    why nobody knows.
    """

    mutations: tuple[Mutation, ...] = ()
    possible: int = 0
    tests: tuple[str, ...] = ()
    controls: int = 0
    nothing: str = ""
    why: str = ""

    def of_fate(self, fate: MutantFate) -> tuple[Mutation, ...]:
        """Those with which it ended so."""
        return tuple(each for each in self.mutations if each.fate is fate)


class Power(Value, frozen=True):
    """What a number of runs would have noticed.

    A test that fails in the share ``rate`` of its runs with the patch fails in one of
    ``runs`` or more with the probability ``noticed``.
    """

    rate: float
    runs: int
    noticed: float


class Swap(Value, frozen=True):
    """What the tests of one stack say of another.

    Of its ``tests`` those that prove it on its own ground ran in place of the other's own;
    ``failed`` are those that did not pass in every run. ``why`` says why they did not run.
    """

    tests_of: Stack
    candidate: Stack
    ground: str
    tests: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    why: str = ""


class Conflict(Value, frozen=True):
    """What two halves of a stack do worse together than each of them alone makes one expect.

    ``halves`` is what the test did with each alone, in the order of the ground's upstreams,
    and ``both`` what it does with both. With a ``wait`` it is only that somebody waits longer
    for it: ``seconds`` are the medians without either, with each, and with both.
    """

    suite: str
    test: str
    base: Status
    halves: tuple[Status, Status]
    both: Status
    reason: str = ""
    wait: str = ""
    seconds: tuple[float, ...] = ()


class Pair(Value, frozen=True):
    """A stack on two upstreams, compared with its halves.

    Of ``tests`` those in ``conflicts`` are worse than the halves make one expect, in each of
    ``runs`` on every side. ``why`` says why it could not be told.
    """

    stack: Stack
    ground: str
    tests: int = 0
    conflicts: tuple[Conflict, ...] = ()
    runs: int = 0
    why: str = ""


class PatchText(Value, frozen=True):
    """What a stack changes in one ``upstream``: the ``text`` of a unified diff.

    It is the difference between the base's tree and the patched one, so that its line numbers
    are those of the files that ran. ``candidate`` is whose patches these are, and ``name``
    what a file with the text may be called. A text that was too long ends in a line that
    says so and that is no part of a diff.
    """

    candidate: str
    upstream: str
    name: str
    text: str


class Judgement(Value, frozen=True):
    """What the workbench found out about one stack on one base.

    ``problems`` say why it does not apply, ``notes`` what could not be done.
    ``control`` marks the base against itself: the noise floor. ``name`` and ``base`` are
    what people call ``stack`` and ``ground``. ``reach`` is None where it was not asked for,
    and ``proof`` is what the patch's own tests say.
    ``power`` is that of the test that ran least. ``patches`` is what the stack changes, one
    text for each upstream, 200,000 bytes at most of all of them.
    """

    name: str
    base: str
    applies: ApplyResult
    verdict: Verdict
    counts: dict[str, int] = {}
    changes: tuple[Change, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    tests: int = 0
    runs: int = 0
    control: bool = False
    stack: Stack = Stack()
    ground: tuple[BaseName, ...] = ()
    reach: Reach | None = None
    proof: RedGreenProof = RedGreenProof()
    power: Power | None = None
    patches: tuple[PatchText, ...] = ()

    def log_ends(self) -> dict[str, str]:
        """The end of each log that is kept, by ``Change.log``: one tells of all the confirmed
        changes for the worse that have the same log."""
        return {each.log: each.log_end for each in self.changes if each.log_end}


class GridState(StrEnum):
    """What became of one cell of a grid: a candidate on a release on a Python."""

    JUDGED = "judged"
    UNSUPPORTED = "not-supported"
    NO_PYTHON = "no-such-python"
    NOT_HAD = "not-had"
    NOTHING_JUDGES = "nothing-judges"
    OUT_OF_BUDGET = "out-of-budget"
    INTERRUPTED = "interrupted"

    @property
    def is_undone_work(self) -> bool:
        """Whether something that was asked for was not done."""
        return self not in (GridState.JUDGED, GridState.UNSUPPORTED)


class Telling(StrEnum):
    """Why one cell of a grid tells more than those that come after it (``judge.gridorder``)."""

    NEWEST = "the newest release on its newest Python"
    END = "an end of the grid"
    OTHER_TEXT = "the patch goes on in another way"
    BOUNDARY = "between two cells with different verdicts"
    REST = "far from all that is known"


class GridCell(Value, frozen=True):
    """A candidate on a release of its upstream, on a Python, and what became of it.

    ``python`` is as it was asked for, or a minor version; empty where the release is a Python.
    ``base`` is that of the judgement of the same ``stack``, and ``verdict`` its own; both are
    empty where there is none. ``why`` says in words why it has none. ``place`` counts the
    pairs of release and Python in the order in which they were judged, from 1, and ``telling``
    says why this one came then; 0 and None for a cell that nothing was run for.
    """

    stack: Stack
    upstream: str
    release: str
    python: str
    state: GridState
    verdict: Verdict | None = None
    applies: ApplyResult | None = None
    base: str = ""
    why: str = ""
    place: int = 0
    telling: Telling | None = None


class ModuleUse(Value, frozen=True):
    """A touched module of an interpreter's library, and the files that import it.

    ``through`` is the touched module that it stands on itself, if the patch does not touch it.
    """

    module: str
    files: tuple[str, ...] = ()
    through: str = ""


class ProjectImpact(Value, frozen=True):
    """What a patch to an interpreter does to one project that stands on it.

    ``uses`` are the modules for which it was chosen. Of its ``tests`` the ``reaching`` ones ran
    changed code, ``reached`` of ``changed`` statements. ``broken`` and ``fixed`` are proved,
    ``flaky`` did not do the same in every run, those in ``doubtful`` with the patch alone, and
    ``failing`` go wrong in every run on the base. ``why`` says why there is no other state.
    """

    project: str
    version: str
    state: ImpactState
    why: str = ""
    uses: tuple[ModuleUse, ...] = ()
    tests: int = 0
    reaching: int = 0
    reached: int = 0
    changed: int = 0
    broken: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    flaky: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()


class ChangedLines(Value, frozen=True):
    """The first lines of the changed statements in a file (``UPSTREAM:PATH``), and those of
    them that tests ran."""

    path: str
    lines: tuple[int, ...]
    reached: tuple[int, ...] = ()


class Impact(Value, frozen=True):
    """What one stack on one interpreter does to the projects that stand on it.

    ``ground`` is the interpreter, ``files`` what the steady tests of all projects
    together ran of the change, and ``modules`` those that the projects were chosen by.
    """

    stack: Stack
    ground: BaseName
    verdict: Verdict
    projects: tuple[ProjectImpact, ...] = ()
    files: tuple[ChangedLines, ...] = ()
    modules: tuple[str, ...] = ()

    def of_state(self, state: ImpactState) -> tuple[ProjectImpact, ...]:
        """The projects that ended so."""
        return tuple(each for each in self.projects if each.state is state)


class NoteKind(StrEnum):
    """What a note to the user is about."""

    LEFT_OUT = "left-out"
    HINT = "hint"

    @property
    def is_undone_work(self) -> bool:
        """Whether something that was asked for was not done."""
        return self is NoteKind.LEFT_OUT


class Note(Value, frozen=True):
    """Something that the user has to know beside the results."""

    kind: NoteKind
    text: str


class Cell(Value, frozen=True):
    """How many tests of one behaviour over one link passed, and how many hung."""

    passed: int = 0
    tests: int = 0
    hung: int = 0


class Row(Value, frozen=True):
    """One behaviour over one link: a cell for each column of the matrix."""

    behaviour: str
    link: str
    cells: tuple[Cell, ...]


class Matrix(Value, frozen=True):
    """What happens on the wire on one ground: the base, candidates, control group.

    ``control`` are the last columns: servers that the tests are judged by. ``stacks`` are
    what the other columns are trees of, the base's empty; ``bases`` are what ``ground``
    names.
    """

    ground: str
    columns: tuple[str, ...]
    control: tuple[str, ...]
    rows: tuple[Row, ...]
    stacks: tuple[Stack, ...] = ()
    bases: tuple[BaseName, ...] = ()

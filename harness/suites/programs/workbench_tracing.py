"""Keeps which lines of the traced files a process runs, and in which test.

Run by the interpreter under test (Python 3.6 or newer); never imported by the workbench.
The process that runs the tests says which test is running; one that it started reads that
from a file, and is looked at from time to time, since it may be killed at any moment.
Nothing here may change what a test does: where tracing can not start, the run goes on
without it.

From Python 3.12 on the interpreter itself tells which lines it runs, of the code in the
traced files alone (https://docs.python.org/3/library/sys.monitoring.html); it tells a line
once, and at each new test everything again. Before that it takes the coverage that fits
the interpreter (https://coverage.readthedocs.io).
"""

import atexit
import json
import os
import sys
import threading

CONFIG = "WORKBENCH_TRACING"
RUNNING = "running"
LOOK_SECONDS = 0.05
WARNINGS = ["no-data-collected", "dynamic-conflict", "no-ctracer"]
IDS = (4, 3, 5, 2, 1, 0)  # the first two are nobody's; the others are a debugger's and such

tracers = []  # of this process: one, or none


class Tracer:
    """What one process runs, and the file that it is kept in, a line at a time."""

    def __init__(self, folder, files):
        self.folder = folder
        self.files = set(files)
        # A module that runs already has run its own statements, which nobody saw.
        loaded = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        early = {os.path.realpath(name) for name in loaded if name} & self.files
        self.open()
        self.lock = threading.Lock()
        self.test = ""
        self.known = set()
        self.begin()
        at_fork = getattr(os, "register_at_fork", None)  # Python 3.7 and newer
        if at_fork is not None:
            at_fork(after_in_child=self.go_on_in_child)
        self.write({"early": sorted(early)})

    def open(self):
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        name = os.path.join(self.folder, os.urandom(8).hex() + ".jsonl")
        self.descriptor = os.open(name, flags, 0o600)

    def go_on_in_child(self):
        """After a fork: threads are gone, locks may be held by them, the file is the parent's."""
        os.close(self.descriptor)
        self.open()
        self.lock = threading.Lock()
        self.watch()

    def watch(self):
        threading.Thread(target=self.look, name="workbench-tracing", daemon=True).start()

    def write(self, fields):
        os.write(self.descriptor, (json.dumps(fields) + "\n").encode("ascii"))

    def switch(self, test):
        """From here on, lines are run by ``test``."""
        with self.lock:
            self.keep()
            self.test = test
            self.turn()

    def keep(self):
        """Write down what was run since the last time."""
        for file, lines in self.lines():
            new = sorted(line for line in lines if (self.test, file, line) not in self.known)
            self.known.update((self.test, file, line) for line in new)
            if new:
                self.write({"file": file, "test": self.test, "lines": new})

    def look(self):
        """In a process that runs no tests itself: keep what it did, again and again."""
        pause = threading.Event()
        while not pause.wait(LOOK_SECONDS):
            self.follow()

    def follow(self):
        test = running(self.folder)
        if test != self.test:
            self.switch(test)
        else:
            with self.lock:
                self.keep()


class Covered(Tracer):
    """By coverage."""

    def begin(self):
        import coverage

        # Coverage asks for its core here.
        os.environ["COVERAGE_CORE"] = "ctrace"
        self.coverage = coverage.Coverage(
            data_file=None, include=sorted(self.files), config_file=False, messages=False
        )
        # A test may look at what a process prints, and most of them run no traced file.
        self.coverage.set_option("run:disable_warnings", WARNINGS)
        self.coverage.start()

    def turn(self):
        self.coverage.switch_context(self.test)

    def lines(self):
        data = self.coverage.get_data()
        data.set_query_context(self.test)
        return [(file, set(data.lines(file) or ())) for file in data.measured_files()]


class Monitored(Tracer):
    """By the interpreter itself."""

    def begin(self):
        self.tool = getattr(sys, "monitoring", None)  # Python 3.12 and newer
        self.run = {}  # lines by file, since the last turn
        self.known_files = {}
        events = self.tool.events
        self.id = next(number for number in IDS if self.tool.get_tool(number) is None)
        self.tool.use_tool_id(self.id, "workbench")
        self.tool.register_callback(self.id, events.PY_START, self.on_start)
        self.tool.register_callback(self.id, events.LINE, self.on_line)
        self.tool.set_events(self.id, events.PY_START)

    def turn(self):
        self.run = {}
        self.tool.restart_events()

    def lines(self):
        return [(file, set(lines)) for file, lines in list(self.run.items())]

    def file_of(self, code):
        """The traced file that code comes from, or None."""
        name = code.co_filename
        if name not in self.known_files:
            real = os.path.realpath(name)
            self.known_files[name] = real if real in self.files else None
        return self.known_files[name]

    def on_start(self, code, offset):
        if self.file_of(code) is not None:
            self.tool.set_local_events(self.id, code, self.tool.events.LINE)
        return self.tool.DISABLE

    def on_line(self, code, line):
        file = self.file_of(code)
        if file is not None:
            self.run.setdefault(file, set()).add(line)
        return self.tool.DISABLE


def running(folder):
    """The test that runs now, by what the process that runs the tests wrote."""
    try:
        with open(os.path.join(folder, RUNNING)) as stream:
            return stream.read()
    except OSError:
        return ""


def is_first(folder):
    """Whether no process of this run has asked before: the first one runs the tests."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        os.close(os.open(os.path.join(folder, "first"), flags, 0o600))
    except OSError:
        return False
    return True


def start():
    """Trace this process if it belongs to a traced run and is not traced yet."""
    if tracers or CONFIG not in os.environ:
        return
    kind = Monitored if hasattr(sys, "monitoring") else Covered
    try:
        with open(os.environ[CONFIG]) as stream:
            config = json.load(stream)
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tracer = kind(os.path.dirname(os.environ[CONFIG]), config["files"])
    except Exception:
        return
    tracers.append(tracer)
    if is_first(tracer.folder):
        atexit.register(tracer.keep)
    else:
        tracer.follow()
        tracer.watch()
        atexit.register(tracer.follow)


def begin():
    """Said by the process that runs the tests, traced or not, before it starts any other."""
    if CONFIG in os.environ:
        is_first(os.path.dirname(os.environ[CONFIG]))


def switch(test):
    """Said by the process that runs the tests; an empty name is what runs between them."""
    if CONFIG not in os.environ:
        return
    with open(os.path.join(os.path.dirname(os.environ[CONFIG]), RUNNING), "w") as stream:
        stream.write(test)
    for tracer in tracers:
        tracer.switch(test)

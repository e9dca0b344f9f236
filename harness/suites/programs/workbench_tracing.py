"""Keeps which lines of the traced files a process runs, and in which test.

Run by the interpreter under test (Python 3.6 or newer) with the coverage that fits it
(https://coverage.readthedocs.io); never imported by the workbench. The process that runs
the tests says which test is running; one that it started reads that from a file, and is
looked at from time to time, since it may be killed at any moment. Nothing here may change
what a test does: where tracing can not start, the run goes on without it.

From Python 3.12 on coverage listens to `sys.monitoring`, which tells a line once: at each
new test it is made to tell everything again (`restart_events`).
"""

import atexit
import json
import os
import sys
import threading

CONFIG = "WORKBENCH_TRACING"
RUNNING = "running"
LOOK_SECONDS = 0.05
WARNINGS = ["no-data-collected", "no-sysmon-context", "dynamic-conflict", "no-ctracer"]

tracers = []  # of this process: one, or none


class Tracer:
    """The coverage of one process, and the file that it is kept in, a line at a time."""

    def __init__(self, folder, files):
        import coverage

        self.folder = folder
        self.files = set(files)
        # A module that runs already has run its own statements, which nobody saw.
        loaded = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        early = {os.path.realpath(name) for name in loaded if name} & self.files
        self.open()
        self.lock = threading.Lock()
        self.test = ""
        self.known = set()
        self.monitoring = getattr(sys, "monitoring", None)  # Python 3.12 and newer
        self.coverage = coverage.Coverage(
            data_file=None, include=sorted(files), config_file=False, messages=False
        )
        # A test may look at what a process prints, and most of them run no traced file.
        self.coverage.set_option("run:disable_warnings", WARNINGS)
        self.coverage.start()
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
            self.coverage.switch_context(test)
            if self.monitoring is not None:
                self.monitoring.restart_events()

    def keep(self):
        """Write down what was run since the last time."""
        data = self.coverage.get_data()
        data.set_query_context(self.test)
        for file in data.measured_files():
            lines = set(data.lines(file) or ())
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
    # Coverage asks for its core here. Its own choice would be the same from 3.14 on.
    os.environ["COVERAGE_CORE"] = "sysmon" if hasattr(sys, "monitoring") else "ctrace"
    try:
        with open(os.environ[CONFIG]) as stream:
            config = json.load(stream)
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tracer = Tracer(os.path.dirname(os.environ[CONFIG]), config["files"])
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

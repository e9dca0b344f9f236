"""A pytest plugin that keeps the same record as ``recorder.py`` does for unittest.

Run by the Python of the tree under test, back to 3.8, or by the workbench's own. The
record is a file of its own and each line is written at once; a test that is not over
within its deadline ends the process, after the stack of every thread has been written.

The id of a test is its node id, without the folder that ``WORKBENCH_BELOW`` names.

A suite may tell the scene of a test (``model.Scene``, as a dict) in a user property
of its item, by the end of the collection: the plan then has it. A test may keep two more:
an ``observation``, and ``waits``, the seconds of what it measured by what was waited for.
"""

import faulthandler
import json
import os
import re

import pytest
import workbench_tracing

CONFIG = "WORKBENCH_RECORD"
BELOW = "WORKBENCH_BELOW"
SCENE = "workbench-scene"
SKIPPED = "Skipped: "
DETAIL_CHARACTERS = 8000


class Recorder:
    def __init__(self, config):
        self.only = None if config["only"] is None else set(config["only"])
        self.select = re.compile(config["select"])
        self.deadline = config["deadline"]
        self.stacks = open(config["stacks"], "w")
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self.descriptor = os.open(config["record"], flags, 0o600)
        self.outcomes = 0
        self.phases = {}
        # A suite that lets its tests be split runs in the workbench's own Python.
        self.waiting = Waiting(config["idle"]) if config.get("idle") else None
        workbench_tracing.begin()

    def write(self, event, **fields):
        os.write(self.descriptor, (json.dumps({**fields, "event": event}) + "\n").encode("ascii"))

    def arm(self):
        faulthandler.dump_traceback_later(self.deadline, exit=True, file=self.stacks)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config, items):
        kept = [item for item in items if self.wanted(name_of(item.nodeid))]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
        told = [(name_of(item.nodeid), dict(item.user_properties).get(SCENE)) for item in kept]
        scenes = {name: scene for name, scene in told if scene is not None}
        self.write("plan", tests=[name for name, _ in told], scenes=scenes)

    def wanted(self, name):
        return name in self.only if self.only is not None else self.select.search(name)

    def pytest_collectreport(self, report):
        if report.failed:
            name, text = name_of(report.nodeid), str(report.longrepr)
            self.write("uncollected", test=name, reason=reason_of(text))
            self.keep(name, "error", text, 0.0)

    def pytest_runtest_logstart(self, nodeid):
        self.write("start", test=name_of(nodeid))
        self.phases = {}
        workbench_tracing.switch(name_of(nodeid))
        self.arm()

    def pytest_runtest_logreport(self, report):
        self.phases[report.when] = report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item, nextitem):
        left = item.session.testscollected - self.outcomes
        if self.waiting is not None and self.waiting.is_better_split(left):
            self.write("split")
            item.session.shouldstop = "split"
            return True

    def pytest_runtest_logfinish(self, nodeid):
        workbench_tracing.switch("")
        phases = [self.phases[w] for w in ("setup", "call", "teardown") if w in self.phases]
        # The first thing that went wrong says why; a teardown only follows.
        telling = next((p for p in phases if not p.passed), phases[-1])
        status, text = status_of(telling), text_of(telling)
        seconds = sum(phase.duration for phase in phases)
        kept = dict(pair for phase in phases for pair in phase.user_properties)
        observation = kept.get("observation", "")
        if not isinstance(observation, str):
            observation = json.dumps(observation)
        self.keep(name_of(nodeid), status, text, seconds, observation, kept.get("waits"))
        if self.waiting is not None and status in ("failed", "error"):
            self.waiting.failed(seconds)
        self.arm()

    def keep(self, name, status, text, seconds, observation="", waits=None):
        self.outcomes += 1
        self.write(
            "outcome",
            test=name,
            status=status,
            reason=reason_of(text),
            detail=text[-DETAIL_CHARACTERS:] if status not in ("passed", "skipped") else "",
            seconds=round(seconds, 6),
            observation=observation,
            waits=waits or {},
        )

    def pytest_sessionfinish(self, session):
        faulthandler.cancel_dump_traceback_later()
        if session.shouldstop != "split":
            self.write("end", ran=self.outcomes)


class Waiting:
    """Tests that fail by waiting, one after another, while the machine has nothing to do."""

    LONG = 1.0  # seconds
    MANY = 3
    FEW_LEFT = 4  # a process of their own costs more than these wait

    def __init__(self, idle):
        """``idle``: per cent of all processors that are at work, at most."""
        import psutil

        self.idle = idle
        self.at_work = psutil.cpu_percent
        self.at_work()
        self.number = 0

    def failed(self, seconds):
        self.number += seconds > self.LONG

    def is_better_split(self, left):
        if self.number < self.MANY or left <= self.FEW_LEFT:
            return False
        self.number = 0
        return self.at_work() <= self.idle


def name_of(nodeid):
    """Parameters may name a file of the tree; where the tree stands is no part of an id."""
    below = os.environ.get(BELOW, "")
    name = nodeid[len(below) :] if below and nodeid.startswith(below) else nodeid
    return name.replace(os.getcwd() + "/", "")


def reason_of(text):
    """The exception, which pytest marks with an E, or else the first line: what a test
    that fails without a traceback says itself."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    errors = [line[1:].strip() for line in lines if line.startswith("E  ")]
    return (errors or lines or [""])[0][:500]


def status_of(report):
    if hasattr(report, "wasxfail"):
        return "expected-failure" if report.skipped else "unexpected-success"
    if report.skipped:
        return "skipped"
    if report.passed:
        return "passed"
    return "failed" if report.when == "call" else "error"


def text_of(report):
    if report.skipped and isinstance(report.longrepr, tuple):
        text = report.longrepr[2]
        return text[len(SKIPPED) :] if text.startswith(SKIPPED) else text
    return "" if report.longrepr is None else str(report.longrepr)


def pytest_configure(config):
    with open(os.environ[CONFIG]) as stream:
        config.pluginmanager.register(Recorder(json.load(stream)), "workbench-recorder")

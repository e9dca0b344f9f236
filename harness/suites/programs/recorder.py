"""Records what each unittest test does, one JSON line per event, as it happens.

Run by the interpreter of the tree under test (Python 3.6 or newer, standard
library only); never imported by the workbench. The record is a file of its own,
so that nothing a test prints can be taken for a result, and each line is written
at once, so that a hang or a crash loses no test that had finished.

A test that is not over within its deadline ends the process, after the stack of
every thread has been written down (faulthandler does that without the GIL).
"""

import faulthandler
import json
import os
import re
import sys
import time
import traceback
import unittest

import workbench_tracing

CONFIG = "WORKBENCH_RECORD"
DETAIL_CHARACTERS = 8000


class Record:
    """The record file and the deadline of the test that is running."""

    def __init__(self):
        with open(os.environ[CONFIG]) as stream:
            config = json.load(stream)
        self.only = None if config["only"] is None else set(config["only"])
        self.select = re.compile(config["select"])
        self.deadline = config["deadline"]
        self.stacks = open(config["stacks"], "w")
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self.descriptor = os.open(config["record"], flags, 0o600)
        # A test may fork; the child must not write into its parent's record.
        self.pid = os.getpid()
        workbench_tracing.begin()

    def write(self, event, **fields):
        if os.getpid() == self.pid:
            line = json.dumps(dict(fields, event=event)) + "\n"
            os.write(self.descriptor, line.encode("ascii"))

    def arm(self):
        """Start the deadline anew; it also covers the fixtures between two tests."""
        faulthandler.dump_traceback_later(self.deadline, exit=True, file=self.stacks)

    def wanted(self, test):
        name = test.id()
        if self.only is not None:
            return name in self.only
        # A module that can not be imported is told whatever was selected.
        return self.select.search(name) or name.startswith("unittest.loader.")

    def chosen(self, suite):
        """The suite with only the wanted tests, planned in the order of running."""
        tests = [test for test in flatten(suite) if self.wanted(test)]
        self.write("plan", tests=[test.id() for test in tests])
        return tests


def flatten(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            for test in flatten(item):
                yield test
        else:
            yield item


class RecordingResult(unittest.TextTestResult):
    """A text result that also keeps the record. ``record`` is set by the program."""

    record = None

    def startTestRun(self):
        super().startTestRun()
        self.record.arm()

    def stopTestRun(self):
        faulthandler.cancel_dump_traceback_later()
        super().stopTestRun()

    def startTest(self, test):
        self._began = time.time()
        self._outcome = None
        self._parts = self._skipped_parts = 0
        self.record.write("start", test=test.id())
        workbench_tracing.switch(test.id())
        self.record.arm()
        super().startTest(test)

    def stopTest(self, test):
        super().stopTest(test)
        workbench_tracing.switch("")
        status, reason, detail = self._outcome or ("passed", "", "")
        if status == "skipped" and self._parts and self._skipped_parts:
            # One part of it was skipped, and another one ran.
            status, reason = "passed", ""
        self._keep(test.id(), status, reason, detail, time.time() - self._began)
        self.record.arm()

    def addSuccess(self, test):
        super().addSuccess(test)
        self._note(test, "passed")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._note(test, "failed", err)

    def addError(self, test, err):
        super().addError(test, err)
        self._note(test, "error", err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        if hasattr(test, "test_case"):
            self._skipped_parts += 1
        else:
            self._parts = 0
        self._note(test, "skipped", text=str(reason))

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self._note(test, "expected-failure", err)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self._note(test, "unexpected-success")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            failed = issubclass(err[0], test.failureException)
            self._note(test, "failed" if failed else "error", err, prefix=str(subtest) + "\n")
        else:
            self._parts += 1

    def _note(self, test, status, err=None, text="", prefix=""):
        reason, detail = (one_line(err), prefix + whole(err)) if err else (text, "")
        if not isinstance(test, unittest.TestCase):
            # A class or module fixture failed; it has no start and no stop.
            self._keep(test.id(), status, reason, detail, 0.0)
        elif self._outcome is None or self._outcome[0] in ("passed", "skipped"):
            # The first thing that went wrong says why; a teardown only follows.
            self._outcome = (status, reason, detail)

    def _keep(self, name, status, reason, detail, seconds):
        self.record.write(
            "outcome",
            test=name,
            status=status,
            reason=reason[:500],
            detail=detail[-DETAIL_CHARACTERS:],
            seconds=round(seconds, 6),
        )


def one_line(err):
    text = str(err[1]).strip()
    first = text.splitlines()[0] if text else ""
    return ("%s: %s" % (err[0].__name__, first)).rstrip(": ")


def whole(err):
    return "".join(traceback.format_exception(*err))


def run(record, tests):
    """Run the tests in order and write the record's end."""
    RecordingResult.record = record
    runner = unittest.TextTestRunner(stream=sys.stderr, verbosity=1, resultclass=RecordingResult)
    result = runner.run(unittest.TestSuite(tests))
    record.write("end", ran=result.testsRun)
    return result

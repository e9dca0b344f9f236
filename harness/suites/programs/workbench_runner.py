"""Django's test runner with a record; Django's runtests.py imports it by name.

Works from Django 1.11 to today: only the choice of tests and the class of the
result are changed, never how a test is run.
"""

import recorder
from django.test.runner import DiscoverRunner


class Runner(DiscoverRunner):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.record = recorder.RecordingResult.record = recorder.Record()

    def build_suite(self, *args, **kwargs):
        self._whole = super().build_suite(*args, **kwargs)
        return self.test_suite(self.record.chosen(self._whole))

    def get_databases(self, suite):
        # Some tests use a database that only others ask for. Those of a whole run are made
        # for a part of it as well: what is left after a hang, or what is run again alone.
        return super().get_databases(self._whole)

    def get_resultclass(self):
        return recorder.RecordingResult

    def run_suite(self, suite, **kwargs):
        result = super().run_suite(suite, **kwargs)
        self.record.write("end", ran=result.testsRun)
        return result

"""The live-server test case that `serve_live.py` runs."""

import sys

import announce
from django.test import LiveServerTestCase


def torn():
    """Say so, and wait for a line on standard input, or for its end: what the threads
    of connections do after the class is still to come."""
    announce.say("torn")
    sys.__stdin__.readline()


class Live(LiveServerTestCase):
    """Serves until it is told to finish, tells its own end, and stays a while."""

    # Not "localhost": which address that is depends on the machine.
    host = "127.0.0.1"

    def test_serves(self):
        """Wait for a line on standard input, or for its end."""
        sys.__stdin__.readline()

    @classmethod
    def setUpClass(cls):
        if hasattr(cls, "addClassCleanup"):
            # Cleanups run last in, first out: this one after Django's own.
            cls.addClassCleanup(torn)
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        if not hasattr(cls, "addClassCleanup"):  # Python 3.7 and older
            torn()

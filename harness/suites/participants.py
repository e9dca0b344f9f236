"""What decides about a suite's results beside the trees and what their Python has.

Owns: the words in which a suite says that. Must not know versions, nor any suite.
"""

from __future__ import annotations

from pathlib import Path

from ..model import Value


class Participants(Value, frozen=True):
    """What takes part in a job from outside of the tree under test.

    ``libraries`` are names of distributions of the Python that the workbench runs on
    (what they need takes part as well), ``programs`` are names on ``PATH``, or paths.
    ``requires`` is installed for the tree's Python beside what its project needs, ``folders``
    hold tests that are no part of the tree. ``own_python``: the workbench's Python takes part
    itself, and the kernel, whose network it uses. ``lacks`` says, in a line each, what this
    machine has not got of what tests ask for, so that they are skipped here.
    ``absent`` says the same of what tests do without: others tell as much.
    """

    libraries: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    own_python: bool = False
    requires: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()
    lacks: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


# For suites that run in the tree's Python and start nothing else.
NOBODY = Participants()

"""What decides about a suite's results beside the trees and what their Python has.

Owns: the words in which a suite says that. Must not know versions, nor any suite.
"""

from __future__ import annotations

from ..model import Value


class Participants(Value, frozen=True):
    """What takes part in a job from outside of the tree under test.

    ``libraries`` are names of distributions of the Python that the workbench runs on
    (what they need takes part as well), ``programs`` are names on ``PATH``.
    ``own_python``: that Python itself does, and the kernel, whose network it uses.
    """

    libraries: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    own_python: bool = False


# For suites that run in the tree's Python and start nothing else.
NOBODY = Participants()

"""The upstream patch workbench; the command line is ``python -m harness``.

Its version, which reports show, stands here and nowhere else.
"""

__version__ = "0.3.0"

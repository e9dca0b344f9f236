"""The upstream patch workbench; the command line is ``python -m harness``."""

__version__ = "0.2.0"

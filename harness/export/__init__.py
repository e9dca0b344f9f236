"""Diffs that can be sent upstream as they are, and the gate that says whether they may.

One module for what a diff is (``squash``), one for each family of checks (listed in
``checks``), one for the gate (pure), one for what is written (``package``).
"""

from __future__ import annotations

from .run import run as run

"""Diffs that can be sent upstream as they are, and the gate that says whether they may.

One module for what a diff is (``squash``), a package of checks, one for the gate (pure),
one for what is written (``package``), and the loop back into ``patches/`` (``editing``).
"""

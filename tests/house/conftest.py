"""Tests here open pages in a real browser."""

from __future__ import annotations

from support.browser import pytest_runtest_teardown, visitor

__all__ = ["pytest_runtest_teardown", "visitor"]

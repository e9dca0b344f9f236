"""Where a test's id belongs: its upstream, and the suite's label that has it.

Owns: that reading of an id. Must not know searches.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..lab.kinds import SERVERS
from ..model import Project, RequestError, Value
from ..sources.provider import Provider
from ..suites import SUITES, WIRE, behaviours, own_suite
from ..upstreams import kind_of

AN_ID = (
    "an ID is as a report shows it, such as 'test_keep_alive.py::test_reuse[runserver-direct-raw]'"
)


class TestLocation(Value, frozen=True):
    """A test, and where it is found: its upstream, and the suite's label that has it."""

    __test__ = False

    test: str
    upstream: str
    suite: str
    labels: tuple[str, ...]


def location_of(test: str, suites: tuple[str, ...], provider: Provider) -> TestLocation:
    """Where a test id belongs. Raises ``RequestError`` for one that fits no suite."""
    wire = re.match(r"test_\w+\.py::\w+\[(\w+)-", test)
    projects = provider.projects.values()
    if wire:
        server = SERVERS.get(wire[1])
        for project in projects:
            if server is not None and server.family == kind_of(project).LAB_FAMILY:
                return TestLocation(test, project.name, WIRE, (server.name,))
        families = {kind_of(project).LAB_FAMILY for project in projects}
        known = ", ".join(name for name, each in SERVERS.items() if each.family in families)
        raise RequestError(f"--test {test}: no server {wire[1]!r}; known are: {known}")
    if found := behaviours.location(test):
        label, upstream = found
        return TestLocation(test, upstream, behaviours.NAME, (label,))
    asked = {suite.partition(":")[0] for suite in suites} & set(SUITES)
    for project in _most_particular_first(projects):
        suite = own_suite(project)
        label = kind_of(project).label_of_test(test)
        if label and (not asked or suite in asked):
            return TestLocation(test, project.name, suite, (label,))
    raise RequestError(f"--test {test}: no test's id; {AN_ID}")


def _most_particular_first(projects: Iterable[Project]) -> list[Project]:
    """Interpreters have ids that others could have as well, but never do."""
    return sorted(projects, key=lambda project: not kind_of(project).IS_INTERPRETER)

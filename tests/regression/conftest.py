"""The regression suite: what is promised on the wire, tried against any tree.

What is under test comes from the file that WORKBENCH_TARGET names (see
``harness/lab/target.py``). A test asks for ``exchange`` and says with the marker
``tried`` over which servers, links and clients it means something; that is
settled at collection. Run it with ``-n 6``: most of the time is waiting. The
tests of one server then stay together, so that each server starts once or twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from harness.lab.children import ChildFailed
from harness.lab.exchange import Exchange
from harness.lab.matrix import Combination, combinations, group_of
from harness.lab.rig import Rig
from harness.lab.stopwatch import Stopwatch
from harness.lab.target import HOW, Target, from_environment

# A ticket's folder is a suite of its own (``harness/suites/behaviours.py``).
collect_ignore = [str(path.parent) for path in Path(__file__).parent.glob("*/behaviours.toml")]
Keep = Callable[[str, object], None]
TARGET = pytest.StashKey[Target | None]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TARGET] = from_environment()
    config.addinivalue_line(
        "markers", "tried(servers, links, clients): the combinations that a test is tried over"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "combination" not in metafunc.fixturenames:
        return
    target = metafunc.config.stash[TARGET]
    found = {
        place.id: place
        for marker in metafunc.definition.iter_markers("tried")
        for place in combinations(target, *marker.args, **marker.kwargs)
    }
    parameters = []
    for place in found.values():
        marks = []
        if target is None or place.lacking:
            marks.append(pytest.mark.skip(reason=place.lacking if target else HOW))
        parameters.append(pytest.param(place, id=place.id, marks=marks))
    metafunc.parametrize("combination", parameters)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that mean nothing for this target's servers are left out, the others say
    what they are about: whoever records them can tell it however they end."""
    none = [item for item in items if _is_tried(item) and _nowhere(item)]
    config.hook.pytest_deselected(items=none)
    items[:] = [item for item in items if item not in none]
    for item in items:
        item.user_properties.append(("workbench-scene", _scene(item)))


def _is_tried(item: pytest.Item) -> bool:
    return "combination" in getattr(item, "fixturenames", ())


def _nowhere(item: pytest.Item) -> bool:
    return _combination(item) is None


def _combination(item: pytest.Item) -> Combination | None:
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    found = parameters.get("combination")
    return found if isinstance(found, Combination) else None


def _scene(item: pytest.Item) -> dict[str, str]:
    """The behaviour is the file; a test that is tried over nothing has only that."""
    scene = {"behaviour": item.path.stem.removeprefix("test_").replace("_", " ")}
    if (found := _combination(item)) is not None:
        scene |= {"server": found.server, "link": found.link, "client": found.client}
    return scene


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests that share a server go to the same worker, and keep their ids
    (``--dist loadgroup`` would add the group's name to them)."""
    from xdist.scheduler import LoadScopeScheduling

    class ByServer(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return ByServer(config, log)


@pytest.fixture(scope="session")
def target(pytestconfig: pytest.Config) -> Target:
    """What is under test."""
    found = pytestconfig.stash[TARGET]
    if found is None:
        pytest.skip(HOW)
    return found


@pytest.fixture(scope="session")
def rig(target: Target) -> Iterator[Rig]:
    """The servers of this session."""
    with Rig(target) as rig:
        yield rig


def _exchange(rig: Rig, combination: Combination) -> Exchange:
    broken = ""
    try:
        server = rig.server(combination.server)
    except ChildFailed as error:
        broken = str(error)
    if broken:
        # Outside of the handler, so that its first line is the first of the report.
        pytest.fail(broken, pytrace=False)
    fail = partial(pytest.fail, pytrace=False)
    return Exchange(server, combination.link, combination.client, fail)


@pytest.fixture
def exchange(rig: Rig, combination: Combination, record_property: Keep) -> Iterator[Exchange]:
    """This test's server, link and client; what was seen is kept with the result."""
    exchange = _exchange(rig, combination)
    yield exchange
    record_property("observation", exchange.observation_json())
    rig.tidy(combination.server)


@pytest.fixture
def own_exchange(
    target: Target, combination: Combination, record_property: Keep
) -> Iterator[Exchange]:
    """The same with a server for this test alone, which it may stop."""
    with Rig(target) as rig:
        exchange = _exchange(rig, combination)
        yield exchange
        record_property("observation", exchange.observation_json())


@pytest.fixture
def waits(record_property: Keep) -> Iterator[Stopwatch]:
    """Takes times, which are kept with the result: no test fails for them, and a patched
    tree's are compared with those of its base."""
    stopwatch = Stopwatch()
    yield stopwatch
    record_property("waits", stopwatch.samples)

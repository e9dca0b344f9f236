"""Ticket #25705: a Django tree, and three databases that its queries are printed for.

The tests run in the Python of the tree, with the tree on its path. A query is printed for
the database that is called ``default``; the fixture ``database`` puts one of the three in
that place. The servers start when the first test needs them, and end with the session.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import database_servers
import django
import pytest
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

SQLITE = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
NAMES = ("sqlite", "postgresql", "mariadb")

settings.configure(
    DATABASES={"default": SQLITE},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.staticfiles", "debug_toolbar", "printed"],
    ROOT_URLCONF="debug_toolbar.urls",
    STATIC_URL="static/",
    SECRET_KEY="not one",
    TIME_ZONE="Europe/Berlin",
    USE_TZ=True,
)
with contextlib.suppress(ImportError):
    import pymysql

    # mysqlclient would have to be compiled, with the headers of a client library; PyMySQL
    # is Python alone and says what it stands in for.
    pymysql.version_info = (2, 2, 8, "final", 0)
    pymysql.install_as_MySQLdb()

django.setup()
if "site-packages" in django.__file__:
    raise RuntimeError(f"{django.__file__} is no tree: put one on PYTHONPATH")


def postgresql_settings(folder: Path) -> dict[str, Any]:
    """How Django reaches the server whose socket is in ``folder``."""
    backend = "django.db.backends.postgresql"
    return {"ENGINE": backend, "NAME": "postgres", "USER": "django", "HOST": str(folder)}


def mariadb_settings(socket: Path) -> dict[str, Any]:
    """How Django reaches the server with this ``socket``."""
    backend = "django.db.backends.mysql"
    return {"ENGINE": backend, "NAME": "things", "USER": "root", "HOST": str(socket)}


class Databases:
    """The databases of a session, each made when it is first asked for."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self.stack = stack
        self.made: dict[str, BaseDatabaseWrapper | str] = {}

    def get(self, name: str) -> BaseDatabaseWrapper:
        """The database, with its rows; skips the test where the machine lacks it."""
        if name not in self.made:
            try:
                self.made[name] = self._make(name)
            except database_servers.Lacking as lacking:
                self.made[name] = str(lacking)
        found = self.made[name]
        if isinstance(found, str):
            pytest.skip(found)
        return found

    def _make(self, name: str) -> BaseDatabaseWrapper:
        wrapper = connection_to(getattr(self, f"_{name}")())
        self.stack.callback(wrapper.close)
        # Models can be imported only now that Django is set up.
        from printed.models import MODELS, make_rows

        with as_default(wrapper):
            with wrapper.schema_editor() as editor:
                for model in MODELS:
                    editor.create_model(model)
            make_rows()
        return wrapper

    def _sqlite(self) -> dict[str, Any]:
        return SQLITE

    def _postgresql(self) -> dict[str, Any]:
        return postgresql_settings(self.stack.enter_context(database_servers.postgresql()))

    def _mariadb(self) -> dict[str, Any]:
        settings = mariadb_settings(self.stack.enter_context(database_servers.mariadb()))
        wrapper = connection_to({**settings, "NAME": "mysql"})
        with contextlib.closing(wrapper), wrapper.cursor() as cursor:
            cursor.execute("CREATE DATABASE things CHARACTER SET utf8mb4")
        return settings


def connection_to(database: dict[str, Any]) -> BaseDatabaseWrapper:
    """A connection of its own, which calls itself ``default`` as the settings would."""
    return ConnectionHandler({"default": database})["default"]


@contextlib.contextmanager
def as_default(wrapper: BaseDatabaseWrapper) -> Iterator[None]:
    """Queries without a database's name are for this one."""
    before = connections["default"]
    connections["default"] = wrapper
    try:
        yield
    finally:
        connections["default"] = before


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Those of this session."""
    with contextlib.ExitStack() as stack:
        yield Databases(stack)


@pytest.fixture(params=NAMES)
def database(request: pytest.FixtureRequest, databases: Databases) -> Iterator[BaseDatabaseWrapper]:
    """One of the three, as the default one, with its rows."""
    wrapper = databases.get(request.param)
    with as_default(wrapper):
        yield wrapper
    assert not wrapper.in_atomic_block


@pytest.fixture
def another(database: BaseDatabaseWrapper) -> Iterator[Callable[..., Any]]:
    """Makes a further connection, not yet open, to the same server the default one:
    ``with another(NAME="no such database"):`` with what is different about it."""

    @contextlib.contextmanager
    def made(**differences: Any) -> Iterator[BaseDatabaseWrapper]:
        wrapper = connection_to({**database.settings_dict, **differences})
        with contextlib.closing(wrapper), as_default(wrapper):
            yield wrapper

    yield made


@pytest.fixture
def waits(record_property: Callable[[str, object], None]) -> Iterator[dict[str, list[float]]]:
    """Seconds that something took, by its name: kept with the result and compared with the
    base's. No test fails for them."""
    samples: dict[str, list[float]] = {}
    yield samples
    record_property("waits", samples)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each test says what it is about: the behaviour is its file."""
    for item in items:
        scene = {"behaviour": item.path.stem.removeprefix("test_").replace("_", " ")}
        if hasattr(item, "callspec") and "database" in item.callspec.params:
            scene["server"] = item.callspec.params["database"]
        item.user_properties.append(("workbench-scene", scene))

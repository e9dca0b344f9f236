"""The lab's table of what takes part in an exchange: complete, and about what there is."""

from __future__ import annotations

import ast
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import msgspec
from support.values import JOB

from harness.lab.clients import CLIENTS
from harness.lab.kinds import SERVERS
from harness.lab.links import LINKS
from harness.lab.parts import CLIENTS as CLIENT_PARTS
from harness.lab.parts import LINKS as LINK_PARTS
from harness.lab.parts import parts_of
from harness.model import Job
from harness.suites import regression

# Ours, the upstream's, or of no use to a run of the suite: xdist takes no part in a job.
OTHERS = {"harness", "django", "xdist"}


def imported(file: Path) -> set[str]:
    """The names of the packages that a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_every_library_that_the_suite_imports_is_in_the_table() -> None:
    files = [
        file
        for path in regression.FILES
        for file in (path.rglob("*.py") if path.is_dir() else [path])
        if file.suffix == ".py"
    ]
    ours = {file.stem for file in files}
    names = set().union(*map(imported, files)) - OTHERS - ours - set(sys.stdlib_module_names)
    libraries = {library.lower() for name in names for library in packages_distributions()[name]}
    job: Job = msgspec.structs.replace(JOB, labels=tuple(SERVERS))
    assert libraries <= set(regression.participants(job).libraries)


def test_the_table_is_about_clients_and_links_that_there_are() -> None:
    assert set(CLIENT_PARTS) <= set(CLIENTS)
    assert set(LINK_PARTS) <= set(LINKS)


def test_a_server_of_the_control_group_brings_its_own_library_and_no_other() -> None:
    usual = parts_of(("runserver",))
    assert set(parts_of(("gunicorn",)).libraries) - set(usual.libraries) == {"gunicorn"}
    assert parts_of(("gunicorn",)).programs == usual.programs == ("curl", "nft", "node", "nodejs")


def test_what_makes_certificates_takes_part_where_they_are_used() -> None:
    assert "openssl" in parts_of(("nocommon", "tls")).programs
    assert "openssl" not in parts_of(("nocommon",)).programs

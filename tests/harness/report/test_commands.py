"""The command for one test: read back by the parser of command lines, and by a shell."""

from __future__ import annotations

import re
import shlex
import subprocess

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.values import change

from harness.cli.options import OPTIONS
from harness.cli.parser import parse
from harness.model import ApplyResult, BaseName, Judgement, Stack, Verdict
from harness.report import commands
from harness.report.commands import command_for
from harness.report.schema import BaseLine, Report, RunInfo
from harness.request import Request

DJANGO, CPYTHON = BaseName("django", "6.1.3"), BaseName("cpython", "3.13.0")
LINES = (
    BaseLine("django", "6.1.3", "sdist", "b" * 40, "3.13.0"),
    BaseLine("cpython", "3.13.0", "installed", "c" * 40, "3.13.0"),
)
TEST = "test_full_body.py::test_get[runserver-direct-raw]"
CHANGE = change(test=TEST, suite="regression", labels=("runserver",))


def report(command: str = "test --django 6.1.3", *lines: BaseLine) -> Report:
    made = RunInfo("", "1", "3.13.0", "", "none", 1.0, f"python -m harness {command}", 3)
    return Report(made, lines or LINES, ())


def judged(stack: str = "django/peek-drain", *ground: BaseName) -> Judgement:
    ground = ground or (DJANGO,)
    return Judgement(
        name=stack,
        base=" on ".join(map(str, ground)),
        applies=ApplyResult.CLEAN,
        verdict=Verdict.BREAKS,
        stack=Stack.read(stack),
        ground=ground,
    )


def request_of(command: str) -> Request:
    """What the workbench makes of it."""
    nox, words = shlex.split(command)[:4], shlex.split(command)[4:]
    assert nox == ["nox", "-s", "test", "--"]
    return parse(["test", *words], {"test": "judge"}).request


def test_a_candidate_on_a_base() -> None:
    command = command_for(report(), judged(), CHANGE)
    assert command == (
        "nox -s test -- --django 6.1.3 --cpython none --candidate django/peek-drain"
        r" --suite regression:runserver"
        r" --select '^test_full_body\.py::test_get\[runserver-direct-raw\]$'"
    )
    asked = request_of(command)
    assert asked.bases == {"django": ("6.1.3",), "cpython": ()}
    assert asked.candidates == (Stack.read("django/peek-drain"),)
    assert asked.suites == ("regression:runserver",)
    assert re.search(asked.select, TEST)


def test_a_stack_on_a_patched_interpreter() -> None:
    both = "cpython/peek-drain+django/wip"
    asked = request_of(command_for(report(), judged(both, DJANGO, CPYTHON), CHANGE))
    assert asked.bases == {"django": ("6.1.3",), "cpython": ("3.13.0",)}
    assert asked.candidates == (Stack.read(both),)


def test_what_was_left_out_stays_left_out() -> None:
    made = report("test --cpython 3.13.0 --base django=none", LINES[1])
    asked = request_of(command_for(made, judged("cpython/x", CPYTHON), CHANGE))
    assert asked.bases == {"django": (), "cpython": ("3.13.0",)}


def test_a_report_whose_own_command_is_none_gives_one_all_the_same() -> None:
    """It may have been made, or changed, by anything."""
    assert request_of(command_for(report("it isn't one"), judged(), CHANGE)).select


def test_a_control_has_none() -> None:
    control = msgspec.structs.replace(judged(), stack=Stack(), control=True)
    assert command_for(report(), control, CHANGE) == ""


@pytest.mark.parametrize(
    ("source", "version", "command", "spec"),
    [
        ("sdist", "6.1.3", "test --django default", "6.1.3"),
        ("sdist", "6.1b1", "test", "sdist:6.1b1"),
        ("deb", "3.13.5", "test", "deb:3.13.5"),
        ("path", "6.2", "test --django /src/django", "/src/django"),
        ("git", "main@0123456789", "test --base django=main", "main"),
        ("git", "main@0123456789", "test --django 5.2 --django main", "main"),
        ("git", "main@0123456789", "test --django=/src@main", "/src@main"),
        ("git", "934acf1", "test --django 934acf1", "934acf1"),
        ("git", "934acf1", "test", "934acf1"),
    ],
)
def test_a_base_by_the_words_that_get_it_again(
    source: str, version: str, command: str, spec: str
) -> None:
    line = BaseLine("django", version, source, "b" * 40, "3.13.0")
    on = judged("django/x", BaseName("django", version))
    asked = request_of(command_for(report(command, line), on, CHANGE))
    assert asked.bases["django"] == (spec,)


def test_where_the_ground_names_its_python_that_runs_the_test_again() -> None:
    command = "matrix --django 5.2 6.1 --python 3.10 3.12 --budget 2h --test-timeout 5"
    on = judged("django/x", BaseName("django", "6.1.3", "3.12.1"))
    asked = request_of(command_for(report(command), on, CHANGE))
    assert asked.bases["django"] == ("6.1.3",)
    assert (asked.python, asked.budget, asked.test_timeout) == ("3.12.1", None, 5)


@pytest.mark.parametrize(
    ("command", "name", "patches", "series", "candidates"),
    [
        ("--patch my.diff", "my", ("my.diff",), (), ()),
        ("--patch 'my fix.diff' --patch b.diff", "my-fix", ("my fix.diff",), (), ()),
        ("--patch=django=/in/b.diff --patch a.diff", "b", ("django=/in/b.diff",), (), ()),
        ("--series debian/patches/series", "debian", (), ("debian/patches/series",), ()),
        ("--series a.mbox --series b", "b", (), ("b",), ()),
        ("--series b --each", "0001-first", (), ("b",), ()),
        ("--candidate django/x --patch my.diff", "my", ("my.diff",), (), ()),
        ("--candidate django/x --patch my.diff", "x", (), (), ("django/x",)),
        (
            "--candidate django/x+django/my --patch a/my.diff",
            "x+django/my",
            ("a/my.diff",),
            (),
            ...,
        ),
        ("--patches /elsewhere", "x", (), (), ("django/x",)),
    ],
)
def test_a_candidate_from_a_file_is_taken_from_there_again(
    command: str,
    name: str,
    patches: tuple[str, ...],
    series: tuple[str, ...],
    candidates: object,
) -> None:
    stack = f"django/{name}"
    asked = request_of(command_for(report(f"test {command} --jobs 2"), judged(stack), CHANGE))
    assert (asked.patches, asked.series) == (patches, series)
    wanted = (stack,) if candidates is ... else candidates
    assert tuple(map(str, asked.candidates)) == wanted
    assert asked.each == ("--each" in command)
    assert asked.folder == ("/elsewhere" if "elsewhere" in command else "")
    assert asked.jobs == Request().jobs


def test_the_suite_is_narrowed_to_labels_that_the_test_is_in() -> None:
    def suites(**fields: object) -> tuple[str, ...]:
        found = msgspec.structs.replace(CHANGE, **fields)
        return request_of(command_for(report(), judged(), found)).suites

    many = ("admin", "servers", "servers_more")
    assert suites(suite="django", test="servers.A.test_a", labels=many) == ("django:servers",)
    assert suites(labels=("tls", "patient")) == ("regression:tls", "regression:patient")
    assert suites(labels=()) == ("regression",)
    # Nobody asks for it: it is asked of every patch.
    assert suites(suite="imports", test="a.py", labels=("django:a.py",)) == ()


def the_shell_says(command: str) -> list[str]:
    """The words that a POSIX shell makes of a command."""
    words = command.split(" ", 1)[1]
    said = subprocess.run(
        ["/bin/sh", "-c", f"printf '%s\\0' {words}"], capture_output=True, check=True, timeout=10
    )
    return said.stdout.decode().split("\0")[:-1]


HOSTILE = [
    "a.py::t['; rm -rf / #-\"$(id)`id`]",
    "a\nb\rc\td",
    "\x1b[2J\x00\x07\x7f",
    "[0-9]+|^$(?!.)*{1}\\d",
    "\N{RIGHT-TO-LEFT OVERRIDE}\N{NO-BREAK SPACE}é \N{PILE OF POO}\U000e0041",
    "-- --json /etc/passwd",
    "x" * 16_000,
]


@pytest.mark.parametrize("test", HOSTILE, ids=range(len(HOSTILE)))
def test_an_id_with_anything_in_it_is_one_word_of_a_printable_line(test: str) -> None:
    command = command_for(report(), judged(), msgspec.structs.replace(CHANGE, test=test))
    assert command.isprintable()
    assert the_shell_says(command) == shlex.split(command)[1:]
    pattern = request_of(command).select
    assert re.search(pattern, test)
    assert not re.search(pattern, f"{test}x") and not re.search(pattern, f"x{test}")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_the_id_is_the_pattern_means_it(test: str) -> None:
    command = command_for(report(), judged(), msgspec.structs.replace(CHANGE, test=test))
    assert command.isprintable()
    assert re.fullmatch(request_of(command).select, test)


def test_every_flag_of_test_is_kept_or_known_to_be_dropped() -> None:
    """What is neither would be taken for the flag of an upstream."""
    ours = {commands.BASE, commands.CANDIDATE, commands.PATCH, commands.SERIES, commands.EACH}
    known = {*ours, *commands.KEPT, *commands.DROPPED}
    assert known == {option.flag for option in OPTIONS if "test" in option.verbs}

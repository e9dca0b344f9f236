"""The command line's words, what is wrong with a wrong one, and the way back to words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.tiny import PROJECT

from harness.cli import verbs
from harness.cli.options import FAIL_ON, FORMATS, MEASURES, OPTIONS, words
from harness.cli.parser import parse
from harness.cli.verbs import HELP
from harness.compare.comparison import EFFORTS
from harness.jobs.engines import ENGINES
from harness.model import RequestError, Stack
from harness.request import DEFAULT, EFFORT_NAMES, ENGINE_NAMES, Request


def request(*argv: str) -> Request:
    return parse(argv, HELP).request


def test_defaults_leave_everything_to_the_workbench() -> None:
    assert request("test") == Request(verb="test")
    assert request("test").specs("django") == (DEFAULT,)


def test_a_short_flag_and_base_mean_the_same() -> None:
    short = request("test", "--django", "6.1", "--cpython", "none")
    assert short == request("test", "--base", "django=6.1", "--base", "cpython=none")
    assert short.bases == {"django": ("6.1",), "cpython": ()}
    assert short.specs("cpython") == ()


def test_an_upstream_of_another_folder_has_a_short_flag_too(tmp_path: Path) -> None:
    (tmp_path / "flask").mkdir()
    (tmp_path / "flask/upstream.toml").write_text("", "utf-8")
    asked = request("apply", "--flask", "3.0", "--patches", str(tmp_path))
    assert asked.bases == {"flask": ("3.0",)}
    with pytest.raises(RequestError, match="unknown flag --flask"):
        request("apply", "--flask", "3.0")


def test_repeatable_flags_keep_their_order_and_each_spec_once() -> None:
    asked = request(
        "test", "--django", "6.1", "--django", "5.2", "--django", "6.1", "--candidate", "a/x+b/y"
    )
    assert asked.bases == {"django": ("6.1", "5.2")}
    assert asked.candidates == (Stack.read("a/x+b/y"),)


def test_matrix_takes_several_values_where_others_take_one() -> None:
    asked = request(
        *("matrix", "--django", "4.2", "6.1", "--base", "cpython=3.12", "cpython=3.13"),
        *("--django", "5.2", "--python", "3.10", "3.11", "--candidate", "a/x"),
    )
    assert asked.bases == {"django": ("4.2", "6.1", "5.2"), "cpython": ("3.12", "3.13")}
    assert (asked.pythons, asked.python) == (("3.10", "3.11"), "")
    assert request(*words(asked)) == asked
    one = request("test", "--python", "3.10", "--python", "3.11")
    assert (one.python, one.pythons) == ("3.11", ())
    with pytest.raises(RequestError, match=r"^test takes no name; '3.11' is no flag$"):
        request("test", "--python", "3.10", "3.11")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2h", 7200),
        ("90m", 5400),
        ("45s", 45),
        ("45", 45),
        ("1h30m", 5400),
        ("0", 0),
        ("1.5h", 5400),
    ],
)
def test_a_budget_is_a_time(text: str, seconds: float) -> None:
    asked = request("matrix", "--budget", text)
    assert asked.budget == seconds
    assert request(*words(asked)) == asked


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["test", "--repat", "3"], r"^unknown flag --repat; did you mean --repeat\?$"),
        (["test", "--qqq"], r"^unknown flag --qqq; see `python -m harness test --help`$"),
        (["test", "--candi", "x"], r"did you mean --candidate"),
        (["apply", "--oldest", "3"], r"^--oldest is for `history`, not for `apply`$"),
        (["test", "--ticket", "3", "--patch", "x"], r"^--ticket chooses candidates; leave it out"),
        (["test", "--suspect", "934acf1"], r"^--suspect is for `bisect`, not for `test`$"),
        (["test", "--repeat", "0"], r"^--repeat takes 1 or more$"),
        (
            ["test", "--scheduler", "tcp://x:1", "--engine", "threads"],
            r"^--scheduler is for --engine dask, not threads$",
        ),
        (["test", "--jobs", "0"], r"^--jobs takes 1 or more$"),
        (["test", "--timeout", "0.5"], r"^--timeout takes 1 or more$"),
        (["test", "--test-timeout", "-1"], r"--test-timeout"),
        (["test", "--test-timeout", "nan"], r"--test-timeout"),
        (["test", "--repeat", "many"], r"^--repeat: 'many' is not a whole number$"),
        (["test", "--select", "("], r"--select '\(' is no regular expression"),
        (["test", "--json", "no/such/report.json"], r"there is no such folder; make it first"),
        (["test", "--write", "no/such/report.xml"], r"there is no such folder; make it first"),
        (["test", "--write", "report.html.txt"], r"let its name end in \.md, .* or \.tap$"),
        (["test", "--mirror", "django"], r"write it as UPSTREAM=URL"),
        (["test", "--base", "6.1.3"], r"write it as UPSTREAM=SPEC"),
        (["test", "--budget", "-1"], r"--budget"),
        (["matrix", "--budget", "2 days"], r"is no time; give 2h, 90m, 45s or plain seconds$"),
        (["test", "--plan"], r"^--plan is for `matrix`, not for `test`$"),
        (
            ["test", "--fail-on", "brokn"],
            r"invalid choice: 'brokn'; did you mean broken",
        ),
        (["test", "--fail-on", "always"], r"choose from broken, any, never"),
        (["tets"], r"invalid choice: 'tets'; did you mean test\?"),
        ([], r"required: VERB"),
        (["test", "stray"], r"^test takes no name; 'stray' is no flag$"),
        (["test", "django/x"], r"did you mean --candidate django/x\?"),
        (["edit"], r"^edit needs a name"),
        (["new", "django/x"], r"^new needs the ticket's number"),
        (["completion", "tcsh"], r"invalid choice: 'tcsh'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_word_is_told_in_one_line(argv: list[str], said: str) -> None:
    with pytest.raises(RequestError, match=said) as caught:
        request(*argv)
    assert "\n" not in str(caught.value)


def test_a_scheduler_means_the_engine_that_has_one() -> None:
    assert request("test", "--scheduler", "tcp://x:1").engine == "dask"


def test_a_folder_as_mirror_does_not_depend_on_where_one_is(tmp_path: Path) -> None:
    assert request("test", "--mirror", f"django={tmp_path}").mirrors == {"django": str(tmp_path)}
    asked = request("test", "--mirror", "django=https://example.com/x.git")
    assert asked.mirrors == {"django": "https://example.com/x.git"}


def test_a_verb_with_flags_of_its_own_gets_what_is_left() -> None:
    argv = ["lab", "--django", "6.1.3", "--repeat", "3", "--link", "bridge", "--json"]
    command = parse(argv, HELP, partly={"lab": ""})
    assert command.request.bases == {"django": ("6.1.3",)}
    assert command.rest == ("--repeat", "3", "--link", "bridge", "--json")


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        request("--help")
    out = capsys.readouterr().out
    for verb in HELP:
        assert verb in out


@pytest.mark.parametrize("verb", HELP)
def test_a_verbs_help_shows_what_it_uses_and_nothing_else(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        request(verb, "--help")
    out = capsys.readouterr().out
    shown = {option.flag for option in OPTIONS if f"  {option.flag} " in out}
    assert shown == {option.flag for option in OPTIONS if verb in option.verbs}


names = st.from_regex(r"[a-z]{1,6}/[a-z-]{1,8}", fullmatch=True).map(Stack.read)
texts = st.from_regex(r"[\w.]{1,8}", fullmatch=True)
several = st.lists(texts, max_size=2, unique=True).map(tuple)


@given(
    st.builds(
        Request,
        verb=st.just("bench"),
        bases=st.dictionaries(st.sampled_from(["django", "cpython"]), several),
        candidates=st.lists(names, max_size=2, unique=True).map(tuple),
        patches=several,
        suites=several,
        select=texts,
        python=texts,
        repeat=st.integers(1, 9),
        jobs=st.integers(1, 9),
        timeout=st.floats(1, 9),
        test_timeout=st.floats(1, 9),
        written=st.sampled_from([(), ("a.xml",), ("a.xml", "b.sarif")]),
        fail_on=st.sampled_from(FAIL_ON),
        cache=st.booleans(),
        engine=st.sampled_from(sorted(ENGINES)),
        mirrors=st.dictionaries(st.sampled_from(["django", "cpython"]), texts),
        measure=st.lists(st.sampled_from(MEASURES), max_size=2, unique=True).map(tuple),
    )
)
def test_a_request_survives_the_way_to_another_process(asked: Request) -> None:
    assert request(*words(asked)) == asked


def test_every_flag_fills_a_field_and_is_some_verbs() -> None:
    assert {option.field for option in OPTIONS} <= set(Request.__struct_fields__)
    assert all(set(option.verbs) <= set(HELP) for option in OPTIONS)
    assert FORMATS[0] == Request().format


def test_what_is_named_without_being_loaded_is_there() -> None:
    """The command line answers help and mistakes before most of the workbench is loaded."""
    assert list(EFFORTS) == [*EFFORT_NAMES]
    assert list(ENGINES) == [*ENGINE_NAMES]
    assert all(callable(verbs.function_of(verb)) for verb in verbs.VERBS)


def test_help_loads_neither_git_nor_the_sources_of_trees() -> None:
    words = ["-X", "importtime", "-m", "harness", "test", "--help"]
    done = subprocess.run(
        [sys.executable, *words], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "harness.cli.options" in loaded
    assert not loaded & {"git", "unearth", "harness.sources", "harness.compare", "harness.jobs"}

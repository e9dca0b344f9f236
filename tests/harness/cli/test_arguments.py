"""The command line's words, and what is wrong with a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.arguments import parse
from harness.model import RequestError

VERBS = {"test": "run the suites", "apply": "apply candidates"}


def test_defaults_leave_everything_to_the_workbench() -> None:
    request = parse(["test"], VERBS)
    assert (request.verb, request.django, request.cpython) == ("test", ("default",), ("default",))
    assert (request.repeat, request.fail_on, request.cache) == (3, "never", True)
    assert Path(request.folder).name == "patches"


def test_none_leaves_an_upstream_out() -> None:
    assert parse(["test", "--cpython", "none"], VERBS).cpython == ()


def test_repeatable_flags_keep_their_order_and_each_spec_once() -> None:
    request = parse(
        ["test", "--django", "6.1", "--django", "5.2", "--django", "6.1", "--candidate", "a+b"],
        VERBS,
    )
    assert request.django == ("6.1", "5.2")
    assert request.candidates == ("a+b",)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["test", "--repat", "3"], r"^unknown flag --repat; did you mean --repeat\?$"),
        (["test", "--xyzzy"], r"^unknown flag --xyzzy; see `python -m harness --help`$"),
        (["test", "--repeat", "0"], r"^--repeat takes 1 or more$"),
        (["test", "--jobs", "0"], r"^--jobs takes 1 or more$"),
        (["test", "--timeout", "0.5"], r"^--timeout takes 1 or more$"),
        (["test", "--test-timeout", "-1"], r"^--test-timeout takes 1 or more$"),
        (["test", "--test-timeout", "nan"], r"--test-timeout"),
        (["test", "--repeat", "many"], r"--repeat: invalid int value: 'many'"),
        (["test", "--select", "("], r"--select '\(' is no regular expression"),
        (["test", "--json", "no/such/report.json"], r"there is no such folder; make it first"),
        (["test", "--mirror", "django"], r"write it as UPSTREAM=URL"),
        (["test", "--fail-on", "always"], r"--fail-on: invalid choice: 'always'"),
        (["tets"], r"invalid choice: 'tets'"),
        ([], r"required: VERB"),
        (["test", "stray"], r"stray"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_word_is_told_in_one_line(argv: list[str], said: str) -> None:
    with pytest.raises(RequestError, match=said) as caught:
        parse(argv, VERBS)
    assert "\n" not in str(caught.value)


def test_abbreviated_flags_are_no_flags() -> None:
    with pytest.raises(RequestError, match="did you mean --candidate"):
        parse(["test", "--candi", "x"], VERBS)


def test_a_folder_as_mirror_does_not_depend_on_where_one_is(tmp_path: Path) -> None:
    request = parse(["test", "--mirror", f"django={tmp_path}"], VERBS)
    assert request.mirrors == {"django": str(tmp_path)}
    request = parse(["test", "--mirror", "django=https://example.com/x.git"], VERBS)
    assert request.mirrors == {"django": "https://example.com/x.git"}


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--help"], VERBS)
    out = capsys.readouterr().out
    for verb, text in VERBS.items():
        assert verb in out
        assert text in out

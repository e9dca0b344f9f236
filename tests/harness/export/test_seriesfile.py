"""candidate.toml with another series: what is written, and all that stays as it was."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from support.tiny import PROJECT

from harness.catalog.candidate import Description
from harness.export.seriesfile import described, write
from harness.export.skeleton import TEMPLATE

REQUIRED = 'title = "t"\nticket = "django#1"\norigin = "o"\ncredit = []\n'
ONE, TWO = ["0001-a.patch"], ["0001-a.patch", "0002-b.patch"]
COMMENTED = (
    f'# why\n{REQUIRED}made_for = "6.1" # the release\nseries = ["0001-a.patch"] \n# more\n'
    '[[flips]]\ntest = "a"\nwhy = "series = [1]"\n'
)


def about(text: str) -> Description:
    return msgspec.toml.decode(text.encode(), type=Description)


def test_what_is_so_already_is_left_byte_for_byte() -> None:
    assert described(COMMENTED, ONE, "6.1") == COMMENTED


def test_comments_blanks_and_order_stay_around_what_changes() -> None:
    assert described(COMMENTED, TWO, "6.1.3") == COMMENTED.replace(
        '["0001-a.patch"]', '["0001-a.patch", "0002-b.patch"]'
    ).replace('"6.1"', '"6.1.3"')


def test_a_patch_that_is_gone_leaves_the_list() -> None:
    longer = described(COMMENTED, TWO, "6.1")
    assert described(longer, ONE, "6.1") == COMMENTED
    assert about(described(longer, ["0001-z.patch"], "6.1")).series == ("0001-z.patch",)


@pytest.mark.parametrize(
    "text",
    [
        f'pull_request = """\n[this] begins like a table\n"""\n{REQUIRED}series = {ONE}\n',
        f"pull_request = '''\nseries = []\nmade_for = \"1\"\ndraft = true\n'''\n{REQUIRED}"
        f"series = {ONE}\n",
        f'{REQUIRED}"series" = {ONE}\n',
        f"{REQUIRED}series = [ # in order\n    '0001-a.patch', # the only one]\n]\n",
        f"{REQUIRED}series = {ONE}\r\n".replace("\n", "\r\n").replace("\r\r", "\r"),
        f"{REQUIRED}series = {ONE}",
        f'flips = [{{test = "a", why = "]"}}]\n{REQUIRED}series = {ONE}\n[reverts]\n'
        'commit = "934acf1"\nsubject = "s"\nlast_without = "3.0"\nfirst_with = "3.1"\n',
    ],
    ids=["bracket", "lookalikes", "quoted", "many-lines", "crlf", "no-end", "tables"],
)
def test_the_series_is_found_wherever_and_however_it_is_written(text: str) -> None:
    assert described(text, ONE, "6.1") == text
    longer = described(text, TWO, "6.1")
    assert about(longer) == msgspec.structs.replace(about(text), series=tuple(TWO))
    kept = set(text.splitlines()) - set(longer.splitlines())
    assert all("series" in line or "0001-a.patch" in line for line in kept)


def test_a_draft_becomes_a_candidate_and_says_what_it_was_made_for() -> None:
    names = {"name": "it", "upstream": "django", "ticket": "django#1"}
    draft = TEMPLATE.format(**names, code="django/*", tests="t/")
    text = described(draft, TWO, "6.1.3")
    assert about(text) == msgspec.structs.replace(
        about(draft), series=tuple(TWO), made_for="6.1.3", draft=False
    )
    was, now = (set(each.splitlines()) for each in (draft, text))
    assert was - now == {'# made_for = ""', 'series = ["0001-it.patch"]', "draft = true"}
    assert now - was == {
        'made_for = "6.1.3"',
        'series = ["0001-a.patch", "0002-b.patch"]',
    }
    assert text.splitlines().index('made_for = "6.1.3"') == draft.splitlines().index(
        '# made_for = ""'
    )


def test_a_draft_without_that_line_says_it_as_well() -> None:
    text = described(f"{REQUIRED}series = {ONE}\ndraft = true\n", ONE, "6.1")
    assert text == f'{REQUIRED}series = {ONE}\nmade_for = "6.1"\n'


def test_a_candidate_that_says_no_release_is_not_given_one() -> None:
    text = f'{REQUIRED}series = {ONE}\n# made_for = ""\n'
    assert described(text, ONE, "6.1") == text


@pytest.mark.parametrize(
    "path",
    sorted((PROJECT / "patches").glob("*/*/candidate.toml")),
    ids=lambda path: path.parent.name,
)
def test_every_candidate_of_ours_survives(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    is_now = about(text)
    assert described(text, is_now.series, is_now.made_for) == text
    longer = described(text, [*is_now.series, "0099-more.patch"], is_now.made_for)
    assert about(longer).series == (*is_now.series, "0099-more.patch")
    assert described(longer, is_now.series, is_now.made_for) == text


def test_nothing_is_written_if_the_description_can_not_be(tmp_path: Path) -> None:
    (tmp_path / "candidate.toml").write_text("series = [", "utf-8")
    with pytest.raises(msgspec.DecodeError):
        list(write(tmp_path, {}, "6.1", ONE, ["text"]))
    assert [path.name for path in tmp_path.iterdir()] == ["candidate.toml"]

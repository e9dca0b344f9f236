"""What stands in a folder of patches: upstreams, candidates, and strays."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from support.tiny import PATCHES, PROJECT, SERVER, copied, diff, patch

from harness.catalog.catalog import Catalog
from harness.model import CandidateName, RequestError

VARIANT = """
[[variant]]
versions = ">=3.1,<4"
made_for = "3.1.7"
series = ["3.1.x/old.patch"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied(PATCHES, tmp_path / "patches")


def add(folder: Path, name: str, text: str) -> Path:
    candidate = folder / "django" / name / "candidate.toml"
    candidate.parent.mkdir(exist_ok=True)
    head = 'title = "t"\nticket = ""\norigin = ""\ncredit = []\n'
    candidate.write_text(head + text, "utf-8")
    return candidate


def test_the_projects_own_patches_are_well_formed() -> None:
    catalog = Catalog(PROJECT / "patches")
    assert {"django/peek-drain", "cpython/peek-drain"} <= set(map(str, catalog.candidates))
    assert {"cpython", "django"} <= set(catalog.upstreams)


def test_candidates_are_found_by_their_folders(folder: Path) -> None:
    catalog = Catalog(folder)
    assert list(catalog.candidates) == sorted(catalog.candidates)
    assert catalog.get(CandidateName.read("django/fixes")).upstream == "django"
    with pytest.raises(RequestError, match=r"no candidate 'x'; known are: django/breaks, "):
        catalog.get(CandidateName.read("x"))
    with pytest.raises(RequestError, match=r"no upstream 'x'; known are: cpython, django"):
        catalog.upstream("x")


def test_a_candidate_comes_after_everything_that_it_stacks_on(folder: Path) -> None:
    add(folder, "top", 'series = []\nstacks_on = ["django/stacked", "django/neutral"]\n')
    catalog = Catalog(folder)
    names = [
        str(each.name) for each in catalog.with_below(catalog.get(CandidateName.read("django/top")))
    ]
    assert names == ["django/neutral", "django/stacked", "django/top"]


def test_a_candidate_can_not_stack_on_itself(folder: Path) -> None:
    add(folder, "a", 'series = []\nstacks_on = ["django/b"]\n')
    add(folder, "b", 'series = []\nstacks_on = ["django/a"]\n')
    with pytest.raises(RequestError, match="stacks on itself: django/a -> django/b -> django/a"):
        _ = Catalog(folder).candidates


def test_the_text_meant_for_a_version_is_tried_first(folder: Path) -> None:
    candidate = add(folder, "old", f'series = ["new.patch"]\nmade_for = "6.1"\n{VARIANT}')
    for name in ("new.patch", "3.1.x/old.patch"):
        file = candidate.parent / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(patch('"waited"', '"gone"'), "utf-8")
    found = Catalog(folder).get(CandidateName.read("django/old"))

    def order(version: str) -> list[str]:
        return [series[0].made_for for series in found.alternatives(version)]

    assert order("3.1.7") == ["3.1.7", "6.1"]
    assert order("3.2rc1") == ["3.1.7", "6.1"]
    assert order("6.1") == ["6.1", "3.1.7"]
    assert order("main@934acf1126") == ["6.1", "3.1.7"]


def test_nothing_to_apply_is_a_fault(folder: Path) -> None:
    add(folder, "empty", "series = []\n")
    with pytest.raises(RequestError, match="neither `series` nor `stacks_on` names anything"):
        _ = Catalog(folder).candidates


def test_a_version_range_that_is_none_is_a_fault(folder: Path) -> None:
    candidate = add(folder, "odd", VARIANT.replace(">=3.1,<4", "3.1 or so"))
    text = candidate.read_text("utf-8").replace("3.1.x/old.patch", "x.patch")
    candidate.write_text(text.replace("\n[[variant]]", 'series = ["x.patch"]\n\n[[variant]]'))
    (candidate.parent / "x.patch").write_text(patch('"waited"', '"gone"'), "utf-8")
    with pytest.raises(RequestError, match=r"'3\.1 or so' is no version range like"):
        _ = Catalog(folder).candidates


def test_a_patch_through_a_link_out_of_the_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.patch"
    secret.write_text(patch('"waited"', '"gone"'), "utf-8")
    candidate = add(folder, "link", 'series = ["x.patch"]\n')
    (candidate.parent / "x.patch").symlink_to(secret)
    with pytest.raises(RequestError, match="is outside the candidate's folder"):
        _ = Catalog(folder).candidates


def test_a_stray_patch_is_told_by_its_paths_or_named(folder: Path, tmp_path: Path) -> None:
    catalog = Catalog(folder)
    mine = tmp_path / "my fix.diff"
    mine.write_text(patch('"waited"', '"gone"'), "utf-8")
    assert str(catalog.add_stray(str(mine)).name) == "django/my-fix"
    other = tmp_path / "other.diff"
    other.write_text(diff("a\n", "b\n", "README"), "utf-8")
    with pytest.raises(
        RequestError, match=r"fit no known upstream; say --patch cpython=.* or django="
    ):
        catalog.add_stray(str(other))
    assert str(catalog.add_stray(f"cpython={other}").name) == "cpython/other"


def test_a_stray_patch_does_not_take_the_place_of_a_candidate(folder: Path, tmp_path: Path) -> None:
    mine = tmp_path / "fixes.diff"
    mine.write_text(patch('"waited"', '"gone"'), "utf-8")
    with pytest.raises(RequestError, match=r"there is a candidate django/fixes; rename the file"):
        Catalog(folder).add_stray(str(mine))


def test_line_ends_of_a_patch_stay_as_they_are(folder: Path, tmp_path: Path) -> None:
    mine = tmp_path / "windows.diff"
    text = diff("a\r\n", "b\r\n")
    mine.write_bytes(text.encode())
    assert Catalog(folder).add_stray(str(mine)).patches["windows.diff"] == text
    assert SERVER.exists()


COMMIT = "934acf1126995f6e6ccba5947ec8f7561633c27f"
REVERTS = f"""
[reverts]
commit = "{COMMIT}"
subject = "what it said"
last_without = "2.1.3"
first_with = "2.1.4"
before = ["1.11.29", "2.0.13"]
"""


def test_the_candidate_that_takes_a_commit_back_is_found_by_the_commit() -> None:
    catalog = Catalog(PROJECT / "patches")
    candidate = catalog.get(CandidateName.read("django/revert-934acf1"))
    for asked in (COMMIT, COMMIT[:7], COMMIT[:10].upper()):
        assert catalog.reverting(asked) is candidate
    for other in (COMMIT[:6], COMMIT[1:], "0" * 40, f"{COMMIT}0", "main", ""):
        assert catalog.reverting(other) is None
    assert candidate.about.reverts is not None
    assert candidate.about.reverts.before == ("1.11.29", "2.0.13")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (COMMIT, COMMIT[:10], r"'934acf1126' is no full commit id; give its 40 hexadecimal"),
        (COMMIT, COMMIT.upper(), "is no full commit id"),
        ('"2.1.4"', '"main"', "'main' is no release like '2.1.4'"),
        ('"1.11.29"', '"old"', "'old' is no release like '2.1.4'"),
        ('"2.1.4"', '"2.1.3"', "have to be in the order of the releases"),
        ('"2.0.13"', '"2.1.9"', "in the order of the releases, not 1.11.29, 2.1.9, 2.1.3, 2.1.4"),
        ("subject", "title", "unknown field `title`"),
        ('last_without = "2.1.3"', "", "missing required field `last_without`"),
    ],
)
def test_what_is_taken_back_is_checked(folder: Path, old: str, new: str, fault: str) -> None:
    add(folder, "back", 'series = []\nstacks_on = ["django/fixes"]\n' + REVERTS.replace(old, new))
    with pytest.raises(RequestError, match=fault):
        _ = Catalog(folder).candidates


TICKETS = "a63309e6c76d6b8246bf825b9dc8ec5c2db75ce4866f2579a0d35ad06f40a222"


def test_the_diff_of_the_ticket_is_kept_byte_for_byte_and_read_as_git_reads_it() -> None:
    file = PROJECT / "patches/django/as-posted/3.1.x/ticket-32472.diff"
    assert hashlib.sha256(file.read_bytes()).hexdigest() == TICKETS
    candidate = Catalog(PROJECT / "patches").get(CandidateName.read("django/as-posted"))
    (patch,) = candidate.alternatives("3.1.7")[0]
    posted = file.read_text("utf-8").splitlines()
    assert patch.text.splitlines()[:2] == [
        "--- a/django/core/servers/basehttp.py",
        "+++ b/django/core/servers/basehttp.py",
    ]
    assert patch.text.splitlines()[2:] == posted[2:]


def test_a_diff_that_git_did_not_write_is_read_as_one_from_anywhere(folder: Path) -> None:
    """Its names begin at the root of the tree, as with Subversion."""
    text = SERVER.read_text("utf-8")
    other = diff(text, text.replace("hello", "good day"))
    posted = other.partition("--- a/")[2].replace("+++ b/", "+++ ")
    place = add(folder, "a", 'series = ["it.diff"]\n').with_name("it.diff")
    place.write_text(f"--- {posted}", "utf-8")
    (patch,) = Catalog(folder).get(CandidateName.read("django/a")).alternatives("0.1")[0]
    assert patch.text.partition("--- ")[2] == other.partition("--- ")[2]
    place.write_text("no patch\n", "utf-8")
    with pytest.raises(RequestError, match=r"it\.diff"):
        _ = Catalog(folder).candidates


SURVIVOR = """
[[survivors]]
line = "{line}"
mutation = "{mutation}"
why = "{why}"
"""


@pytest.mark.parametrize(
    ("line", "mutation", "why", "said"),
    [
        ("", "it returns None", "w", "is no line as `diffs` tells it"),
        (" return x", "it returns None", "w", "is no line as `diffs` tells it"),
        ("return x", "it is gone", "w", "there is no mutation 'it is gone'"),
        ("return x", "it returns None", " ", "say why no test has to notice that it returns None"),
    ],
)
def test_a_survivor_names_a_line_a_fault_and_a_reason(
    folder: Path, line: str, mutation: str, why: str, said: str
) -> None:
    text = SURVIVOR.format(line=line, mutation=mutation, why=why)
    add(folder, "a", f'series = []\nstacks_on = ["django/neutral"]\n{text}')
    with pytest.raises(RequestError, match=re.escape(said)):
        _ = Catalog(folder).candidates


def test_a_fault_is_excused_once(folder: Path) -> None:
    text = SURVIVOR.format(line="return x > 1", mutation="> becomes >=", why="w")
    add(folder, "a", f'series = []\nstacks_on = ["django/neutral"]\n{text}')
    (survivor,) = Catalog(folder).get(CandidateName.read("django/a")).about.survivors
    assert (survivor.line, survivor.mutation) == ("return x > 1", "> becomes >=")
    add(folder, "a", f'series = []\nstacks_on = ["django/neutral"]\n{text}{text}')
    with pytest.raises(RequestError, match="'return x > 1', '> becomes >=' is there twice"):
        _ = Catalog(folder).candidates

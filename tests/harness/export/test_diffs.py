"""`diffs`, end to end: what it writes, and which check each mutant fails."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from filelock import FileLock
from support import exporting
from support.exporting import MUTANTS, checks, code, in_the_way, mail, one
from support.pages import read
from support.tiny import UPSTREAM, Workbench, copied
from support.values import DJANGO

from harness.catalog.catalog import Catalog
from harness.export import provenance, stale
from harness.model import MutantFate, MutationProof
from harness.report.schema import Report
from harness.sources.provider import Provider
from harness.system.home import Home

DONE, MATCHED, WRONG, UNDONE = 0, 1, 2, 3


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Workbench:
    """A folder in which a diff of every mutant was written, once for all processes."""
    root = tmp_path_factory.getbasetemp()
    shared = (root if worker_id == "master" else root.parent) / "written"
    with FileLock(shared.with_suffix(".lock")):
        shared.mkdir(exist_ok=True)
        workbench = Workbench(shared)
        if not (shared / "diffs.out").exists():
            patches = exporting.folder(shared, {n: text for n, (text, _) in MUTANTS.items()})
            words = [word for name in MUTANTS for word in ("--candidate", f"django/{name}")]
            finished = workbench.run("diffs", "--patches", patches, *words, "--repeat", "2")
            assert finished.status == DONE, finished.err
            (shared / "diffs.out").write_text(finished.out, "utf-8")
    return Workbench(shared)


@pytest.mark.parametrize("name", MUTANTS)
def test_each_mutant_fails_the_right_check(written: Workbench, name: str) -> None:
    assert in_the_way(written, name) == MUTANTS[name][1]
    assert checks(written, name)["ready"] is (MUTANTS[name][1] == set())


def test_the_page_says_of_each_how_it_stands(written: Workbench) -> None:
    assert "report: workbench/reports/diffs.html\n" in (written.folder / "diffs.out").read_text()
    page = read((written.home / "reports" / "diffs.html").read_text("utf-8"))
    for name in MUTANTS:
        stands = "✓ ready" if checks(written, name)["ready"] else "✗ not ready"
        assert f"django/{name} django 0.1 {stands}" in page.text
        assert f"../diffs/django/{name}/PULL_REQUEST.md" in page.links


@pytest.mark.parametrize("name", MUTANTS)
def test_each_failing_check_says_what_to_do(written: Workbench, name: str) -> None:
    out = (written.folder / "diffs.out").read_text("utf-8")
    text = (written.home / "diffs/django" / name / "PULL_REQUEST.md").read_text("utf-8")
    for failing in in_the_way(written, name):
        found = one(written, name, failing)
        assert found["findings"]
        assert found["advice"] in out
        assert f"- `{failing}`: " in text
        assert found["advice"] in text


def test_red_and_green_are_what_the_verdict_says_of_its_tests(written: Workbench) -> None:
    file = written.home / "diffs/django/good/evidence/red-green.json"
    proof = msgspec.json.decode(file.read_bytes())
    assert proof["red"] == ["servers.tests.NumberTests.test_added"]
    assert proof["times"] == 5  # the first run, and four alone
    assert not proof["wrong"]


def test_a_test_that_fails_with_the_code_is_named(written: Workbench) -> None:
    (said,) = one(written, "failing-test", "red-green")["findings"]
    assert said.startswith("fails with the code: servers.tests.NumberTests.test_added")


def test_the_patch_goes_on_with_plain_git_am(written: Workbench, tmp_path: Path) -> None:
    """By hand, in a repository that knows nothing of the workbench."""
    place = copied(UPSTREAM, tmp_path / "mine")
    (patch,) = (written.home / "diffs/django/good").glob("0001-*.patch")
    who = ("-c", "user.name=Me", "-c", "user.email=me@example.com")

    def git(*words: str | Path) -> str:
        done = subprocess.run(
            ["git", *who, *words], cwd=place, capture_output=True, text=True, check=True
        )
        return done.stdout

    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", "base")
    git("am", patch)
    assert git("log", "-1", "--format=%an <%ae>%n%B").strip().splitlines() == [
        "A Contributor <contributor@example.com>",
        *f"{exporting.SUBJECT}\n\n{exporting.BODY}\n\n".splitlines(),
        "Co-authored-by: Another One <another@example.com>",
    ]
    assert "return sum(numbers)\n" in (place / "django/server.py").read_text("utf-8")
    git("reset", "--quiet", "--hard", "HEAD~1")
    git("apply", written.home / "diffs/django/good/good.diff")


def test_the_evidence_is_the_candidates_own_report(written: Workbench) -> None:
    evidence = written.home / "diffs/django/good/evidence"
    report = msgspec.json.decode((evidence / "report.json").read_bytes(), type=Report)
    assert [judged.name for judged in report.candidates] == ["django/good"]
    assert "django/good" in (evidence / "report.md").read_text("utf-8")
    assert len(report.controls) == 1


def test_one_command_replays_it(written: Workbench) -> None:
    folder = written.home / "diffs/django/good"
    made = msgspec.json.decode((folder / "evidence/made-from.json").read_bytes())
    verb, *words = made["replay"].removeprefix("python -m harness ").split()
    before = without_runs((folder / "PULL_REQUEST.md").read_bytes())
    finished = written.run(verb, *words)
    assert finished.status == DONE, finished.err
    assert without_runs((folder / "PULL_REQUEST.md").read_bytes()) == before


def without_runs(text: bytes) -> bytes:
    """Without the commands, and how often it was run: the base for other candidates as well."""
    return re.sub(rb"(?m)^\$ .*$|(?<=\| )\d+ \|$", b"", text)


def test_the_checklist_ticks_what_was_checked_and_leaves_the_rest(written: Workbench) -> None:
    for name, tick in (("good", "x"), ("no-test", " ")):
        text = (written.home / "diffs/django" / name / "PULL_REQUEST.md").read_text("utf-8")
        assert f"- [{tick}] There is a test\n" in text
        assert "- [ ] A person has read it (the sender's to tick)" in text


def test_a_mutant_that_no_test_notices_is_told_with_its_line(written: Workbench) -> None:
    found = one(written, "good", "mutants")
    file = written.home / "diffs/django/good/evidence/mutants.json"
    proof = msgspec.json.decode(file.read_bytes(), type=MutationProof)
    assert found["state"] == "fine"
    assert [(each.text, each.mutation, each.fate) for each in proof.mutations] == [
        ("return sum(numbers)", "it returns None", MutantFate.KILLED)
    ]
    assert proof.mutations[0].by == "servers.tests.NumberTests.test_added"
    assert one(written, "no-test", "mutants")["state"] == "not-asked"


# One candidate at a time: in the same folder, since what was run there need not run again


@pytest.fixture
def workbench(written: Workbench, tmp_path: Path) -> Workbench:
    """The command line elsewhere, with the results that there are."""
    workbench = Workbench(tmp_path, WORKBENCH_HOME=str(written.home))
    workbench.home = written.home
    return workbench


def write(workbench: Workbench, patches: Path, *words: str | Path) -> str:
    finished = workbench.run("diffs", "--patches", patches, "--repeat", "2", *words)
    assert finished.status == DONE, finished.err
    return finished.out


WAIVED = ("--allow", "red-green=the test is in another patch")


def test_a_check_is_let_through_with_a_reason_that_is_written_down(workbench: Workbench) -> None:
    patches = exporting.folder(workbench.folder, {"waived": mail(code())})
    write(workbench, patches, "--candidate", "django/waived", *WAIVED)
    assert checks(workbench, "waived")["ready"]
    assert one(workbench, "waived", "red-green")["state"] == "allowed"
    text = (workbench.home / "diffs/django/waived/PULL_REQUEST.md").read_text("utf-8")
    assert "`red-green`: the test is in another patch" in text


def test_by_default_only_what_was_judged_well_is_written(workbench: Workbench) -> None:
    mutants = {"default-good": mail(code()), "default-bad": mail(code("return 1\n"))}
    write(workbench, exporting.folder(workbench.folder, mutants))
    assert (workbench.home / "diffs/django/default-good").exists()
    assert not (workbench.home / "diffs/django/default-bad").exists()


def test_gating_on_the_exit_status(workbench: Workbench) -> None:
    patches = exporting.folder(workbench.folder, {"gated": mail(code())})
    words = ("--patches", patches, "--candidate", "django/gated", "--repeat", "2")
    files = [workbench.folder / name for name in ("own.xml", "own.sarif", "own.json")]
    asked = ("--write", files[0], "--write", files[1], "--json", files[2])
    assert workbench.run("diffs", *words, "--fail-on", "any", *asked).status == MATCHED
    assert all("django/gated" in file.read_text("utf-8") for file in files)


def test_a_patch_from_anywhere(workbench: Workbench) -> None:
    file = workbench.folder / "mine.patch"
    file.write_text(code(), "utf-8")
    write(workbench, exporting.folder(workbench.folder, {}), "--patch", file)
    assert "message" in in_the_way(workbench, "mine")
    assert checks(workbench, "mine")["left_to_the_sender"] == [
        "the author: `git am`, then `git commit --amend --reset-author`"
    ]


def test_onto_another_base_shows_the_range_diff(workbench: Workbench) -> None:
    patches = exporting.folder(workbench.folder, {"moved": mail(code())})
    other = copied(UPSTREAM, workbench.folder / "other")
    server = other / "django" / "server.py"
    server.write_text(f"{server.read_text('utf-8')}\n\ndef more():\n    return 1\n", "utf-8")
    out = write(workbench, patches, "--candidate", "django/moved", "--onto", other)
    assert "range-diff:" in out
    text = (workbench.home / "diffs/django/moved/evidence/range-diff.txt").read_text("utf-8")
    assert re.fullmatch(rf"1:  \w+ = 1:  \w+ {re.escape(exporting.SUBJECT)}\n", text)


# Mutants -------------------------------------------------------------------------------

BOUNDED = (
    "if len(numbers) > 3:\n        return None\n"
    "    while not numbers:\n        break\n    return sum(numbers)\n"
)
SOON = ("--timeout", "20")  # seconds for a mutant that hangs; the others take one
REASON = """
[[survivors]]
line = "if len(numbers) > 3:"
mutation = "> becomes >="
why = "made for the workbench's own tests"
"""


def test_faults_that_its_tests_miss_need_reasons_and_may_not_be_many(workbench: Workbench) -> None:
    """One of them makes the code hang, and is noticed all the same."""
    texts = {"bounded": mail(code(BOUNDED) + exporting.a_test())}
    patches = exporting.folder(workbench.folder, texts)
    about = patches / "django/bounded/candidate.toml"
    about.write_text(about.read_text("utf-8") + REASON, "utf-8")
    write(workbench, patches, "--candidate", "django/bounded", *SOON)
    file = workbench.home / "diffs/django/bounded/evidence/mutants.json"
    found = msgspec.json.decode(file.read_bytes(), type=MutationProof)
    fates = {(each.text, each.mutation): each.fate for each in found.mutations}
    assert fates == {
        ("if len(numbers) > 3:", "the condition is negated"): MutantFate.KILLED,
        ("if len(numbers) > 3:", "> becomes >="): MutantFate.SURVIVED,
        ("if len(numbers) > 3:", "3 becomes 4"): MutantFate.SURVIVED,
        ("while not numbers:", "the condition is negated"): MutantFate.SURVIVED,
        ("break", "the statement is dropped"): MutantFate.KILLED,
        ("return sum(numbers)", "it returns None"): MutantFate.KILLED,
    }
    told = one(workbench, "bounded", "mutants")
    assert told["state"] == "wrong"
    assert [text.partition(": ")[2] for text in told["findings"][:2]] == [
        "no test notices that 3 becomes 4: if len(numbers) > 3:",
        "no test notices that the condition is negated: while not numbers:",
    ]
    assert told["findings"][2] == "3 of 6 mutants survive, and at most 1 may, with a reason"


def test_mutants_leave_nothing_behind_but_their_results(written: Workbench) -> None:
    places = [path.name for path in (written.home / "worktrees/django").glob("*/*")]
    assert places
    assert not [name for name in places if "mutant" in name or "control" in name]


# Staleness -----------------------------------------------------------------------------


def test_a_diff_whose_patch_has_changed_is_marked(workbench: Workbench) -> None:
    texts = {"aged": mail(code()), "other": mail(code())}
    patches = exporting.folder(workbench.folder, texts)
    write(workbench, patches, "--candidate", "django/aged", *WAIVED)
    write(workbench, patches, "--candidate", "django/other")
    assert checks(workbench, "aged")["ready"]
    (patches / "django/aged/0001-it.patch").write_text(mail(code("return 0\n")), "utf-8")
    out = write(workbench, patches, "--candidate", "django/other")
    why = "its patches or its candidate.toml changed"
    assert f"stale: django/aged: {why}" in out
    assert checks(workbench, "aged")["stale"] == [why]
    assert not checks(workbench, "aged")["ready"]
    text = (workbench.home / "diffs/django/aged/PULL_REQUEST.md").read_text("utf-8")
    assert text.startswith(f"> **Stale, not ready:** {why}.\n\n# {exporting.SUBJECT}\n")


def change_base(patches: Path, base: Path) -> None:
    (base / "django" / "more.py").write_text("new = 1\n", "utf-8")


def change_flips(patches: Path, base: Path) -> None:
    about = patches / "django/good/candidate.toml"
    about.write_text(about.read_text("utf-8") + "[[flips]]\ntest = 'x'\nwhy = 'y'\n", "utf-8")


def change_rules(patches: Path, base: Path) -> None:
    rules = patches / "django/upstream.toml"
    rules.write_text(rules.read_text("utf-8").replace("length = 88", "length = 99"), "utf-8")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (change_base, "its base is another"),
        (change_flips, "its patches or its candidate.toml changed"),
        (change_rules, "the upstream's rules changed"),
    ],
)
def test_what_makes_a_diff_stale(
    written: Workbench, tmp_path: Path, change: Callable[[Path, Path], None], why: str
) -> None:
    base = copied(UPSTREAM, tmp_path / "base")
    patches = exporting.folder(tmp_path, {"good": MUTANTS["good"][0]})
    made = provenance.read(written.home / "diffs/django/good")
    assert made is not None
    made = msgspec.structs.replace(made, spec=str(base))
    supply = Provider(Home(tmp_path / "home"), {"django": DJANGO})
    assert stale.reasons_against(made, Catalog(patches), supply) == []
    change(patches, base)
    (said,) = stale.reasons_against(made, Catalog(patches), supply)
    assert said.startswith(why)


# Wrong requests ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--allow", "beauty=why not"), "no check 'beauty'; known are: applies"),
        (("--allow", "news"), "say why"),
        (("--django", UPSTREAM, "--django", "6.1"), "diffs are made on one base"),
        (("--candidate", "django/nothing"), "no candidate 'django/nothing'"),
        (("django/it",), "diffs takes no name; did you mean --candidate django/it?"),
        (("--onto", "6.1", "--cpython", "installed"), "--onto 6.1 is for which upstream?"),
    ],
)
def test_a_wrong_request_is_one_line(
    tmp_path: Path, words: tuple[str | Path, ...], said: str
) -> None:
    workbench = Workbench(tmp_path)
    patches = exporting.folder(tmp_path, {"it": mail(code())})
    finished = workbench.run("diffs", "--patches", patches, *words)
    assert finished.status == WRONG
    assert said in finished.error

"""What a bad machine gets: no network, a damaged download, no disk."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from support.local_index import Release, archive, closed_port, serve
from support.tiny import DEADLINE, QUICK, UNDONE, UPSTREAM, Workbench, before

from harness.model import Verdict


def test_without_a_network_the_rest_of_the_work_is_done(workbench: Workbench) -> None:
    with closed_port() as url:
        workbench.env |= {"PIP_NO_INDEX": "", "PIP_INDEX_URL": url}
        words = ("--django", "6.1", "--django", UPSTREAM, "--candidate", "django/neutral")
        finished = workbench.run("test", *words, *QUICK)
    assert finished.status == UNDONE
    assert workbench.candidates()["django/neutral"]["verdict"] == Verdict.NEUTRAL
    (note,) = [note for note in workbench.report()["notes"] if note.startswith("django 6.1")]
    assert "cannot be reached" in note


def test_a_remote_that_can_not_be_reached_is_one_line(workbench: Workbench) -> None:
    with closed_port() as url:
        words = ("--django", "main", "--mirror", f"django={url}", "--candidate", "django/neutral")
        finished = workbench.run("apply", *words)
    assert finished.status == UNDONE
    assert "can not be reached" in finished.out + finished.err
    assert "Traceback" not in finished.err


def test_a_corrupt_download_is_refused(workbench: Workbench) -> None:
    with serve() as index:
        release = index.add(
            "django", Release("django-0.0.9.tar.gz", archive("django-0.0.9", before()))
        )
        release.data = release.data[:-1] + b"!"
        workbench.env |= {"PIP_NO_INDEX": "", "PIP_INDEX_URL": index.url}
        words = ("--django", "0.0.9", "--candidate", "django/neutral")
        finished = workbench.run("test", *words)
    assert finished.status == UNDONE
    assert "does not match the index's hash" in finished.out
    assert "Traceback" not in finished.err
    assert not workbench.kept("downloads")


@pytest.mark.parametrize("size", ["24k", "200k", "1m"])
def test_a_full_disk_is_one_line_and_no_traceback(
    workbench: Workbench, tmp_path: Path, size: str
) -> None:
    workbench.home.mkdir()
    mount = f'mount -t tmpfs -o size={size} none "$0" && exec "$@"'
    own = ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, str(workbench.home)]
    if not shutil.which("unshare") or subprocess.run([*own, "true"], check=False).returncode:
        pytest.skip("a small disk needs unshare(1) and user namespaces")
    command = workbench.command("test", "--candidate", "django/neutral", *QUICK)
    done = subprocess.run(
        [*own, *command],
        cwd=tmp_path,
        env=workbench.env,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert done.returncode == UNDONE, done.stderr
    assert "Traceback" not in done.stderr
    assert "No space left on device" in done.stdout + done.stderr

"""Real remotes: on this disk, behind a password, and reached as the user configured it."""

from __future__ import annotations

import http.server
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from support.local_index import POLL, closed_port
from support.real_git import git
from support.tiny import without_configuration
from support.user_terminal import shown_by
from support.values import DJANGO

from harness.model import Base, RequestError, Source, WorkbenchError
from harness.system.home import Home
from harness.trees.history import history_of
from harness.trees.trees import Trees

# What the code under test is asked for, on a terminal of its own: words are a folder and a URL.
ASK = """
from pathlib import Path
from harness.model import Base, Project, Source, WorkbenchError
from harness.system.home import Home
from harness.trees.trees import Trees
trees, url = Trees(Home(Path(sys.argv[1]))), sys.argv[2]
project = Project("django", "django")
try:
    {call}
except WorkbenchError as error:
    print("told:", error)
"""
CALLS = {
    "a ref": 'trees.commit_of("django", url, "main")',
    "a commit": 'trees.fetch(Base(project, "x", Source.GIT, f"{url}@" + "a" * 40))',
}


@pytest.fixture
def trees(home: Home) -> Trees:
    return Trees(home)


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A repository with two commits on main and a tag on the first."""
    folder = tmp_path / "remote"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "uploadpack.allowFilter", "true")
    git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
    for number in (1, 2):
        (folder / "a").write_text(f"{number}\n", "utf-8")
        git(folder, "add", "a")
        git(folder, "commit", "-q", "-m", f"commit {number}")
        if number == 1:
            git(folder, "tag", "-a", "v1", "-m", "the first")
    return folder


@pytest.mark.parametrize(
    ("ref", "text"), [("main", "2\n"), ("v1", "1\n"), ("full", "1\n"), ("short", "1\n")]
)
def test_a_branch_a_tag_and_a_commit_are_fetched(
    trees: Trees, remote: Path, ref: str, text: str
) -> None:
    first = git(remote, "rev-parse", "v1^{commit}")
    wanted = {"full": first, "short": first[:9]}.get(ref, ref)
    url = remote.as_uri()
    commit = trees.commit_of("django", url, wanted)
    tree = trees.fetch(Base(DJANGO, wanted, Source.GIT, f"{url}@{commit}"))
    assert tree.commit == commit
    assert (trees.checkout(tree) / "a").read_text("utf-8") == text


def test_a_ref_that_the_remote_does_not_have(trees: Trees, remote: Path) -> None:
    with pytest.raises(RequestError, match="has no branch or tag 'nowhere'"):
        trees.commit_of("django", remote.as_uri(), "nowhere")
    with pytest.raises(RequestError, match="has no commit abcdef1; give its full id"):
        trees.commit_of("django", remote.as_uri(), "abcdef1")
    with pytest.raises(WorkbenchError, match=f"cannot fetch {'a' * 40} from "):
        trees.fetch(Base(DJANGO, "x", Source.GIT, f"{remote.as_uri()}@{'a' * 40}"))


def test_a_remote_that_can_not_be_reached_is_one_clear_line(trees: Trees, tmp_path: Path) -> None:
    with closed_port() as url:
        for where in (url, (tmp_path / "nowhere").as_uri()):
            with pytest.raises(WorkbenchError, match="can not be reached") as caught:
                trees.commit_of("django", where, "main")
            assert "\n" not in str(caught.value)


# Nobody is asked -----------------------------------------------------------------------------


@pytest.fixture
def locked() -> Iterator[str]:
    """The URL of a remote that wants a password."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="members"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Silent: pytest's output is for failures."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=[POLL], name="locked remote")
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/it.git"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_remote_that_wants_a_password_is_one_clear_line(
    locked: str, tmp_path: Path, call: str
) -> None:
    env = without_configuration() | {"HOME": str(tmp_path)}
    words = (str(tmp_path / "home"), locked)
    shown = shown_by(ASK.format(call=call), *words, until="Username for", env=env)
    (line,) = shown.splitlines()
    assert line.startswith("told: ")
    assert line.rstrip(")").endswith("terminal prompts disabled")


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_ssh_can_not_ask_either(tmp_path: Path, call: str) -> None:
    """It asks on the terminal itself, whatever git was told about prompts."""
    ssh = tmp_path / "ssh"
    ssh.write_text("#!/bin/sh\nprintf 'Pass phrase: ' >/dev/tty && read x </dev/tty\n", "utf-8")
    ssh.chmod(0o755)
    env = without_configuration() | {"HOME": str(tmp_path), "GIT_SSH": str(ssh)}
    words = (str(tmp_path / "home"), "ssh://somebody@example.invalid/it.git")
    shown = shown_by(ASK.format(call=call), *words, until="Pass phrase:", env=env)
    (line,) = shown.splitlines()
    assert line.startswith("told: ")


# The user's own settings ---------------------------------------------------------------------


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration file of a user, whose other settings are as good as none."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user" / "config"))
    file = tmp_path / "user" / ".gitconfig"
    file.parent.mkdir()
    return file


def test_other_names_for_remotes_hold_to_the_last_file(
    home: Home, trees: Trees, remote: Path, configure: Path
) -> None:
    """A checkout fetches what the first fetch left out, from the same place."""
    configure.write_text(
        f'[url "{remote.parent.as_uri()}/"]\n    insteadOf = https://example.invalid/\n', "utf-8"
    )
    url = "https://example.invalid/remote"
    commit = trees.commit_of("django", url, "main")
    tree = trees.fetch(Base(DJANGO, "main", Source.GIT, f"{url}@{commit}"))
    project = msgspec.structs.replace(DJANGO, url=url)
    before = history_of(home, project).commit(git(remote, "rev-parse", "v1^{commit}"))
    first = trees.fetch(Base(DJANGO, "v1", Source.GIT, f"{url}@{before}"))
    assert (trees.checkout(tree) / "a").read_text("utf-8") == "2\n"
    assert (trees.checkout(first) / "a").read_text("utf-8") == "1\n"


def test_a_configuration_that_git_can_not_read_is_told_where_it_is_needed(
    trees: Trees, remote: Path, configure: Path
) -> None:
    configure.write_text("[url\n", "utf-8")
    assert trees.known(Base(DJANGO, "1.0", Source.SDIST, "1.0")) is None
    with pytest.raises(WorkbenchError, match=r"can not be reached \(fatal: bad config line 1"):
        trees.commit_of("django", remote.as_uri(), "main")

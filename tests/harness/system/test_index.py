"""The indexes that the user configured, from real files and environments."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.model import WorkbenchError
from harness.system.index import Index, discover, redacted

FIRST = "https://user:secret@first.invalid/simple"
SECOND = "https://second.invalid/simple"
THIRD = "https://third.invalid/simple"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An environment in which nothing is configured, whatever the machine has."""
    return {"HOME": str(tmp_path), "XDG_CONFIG_DIRS": str(tmp_path / "xdg"), "UV_NO_CONFIG": "1"}


def no_pip_files(env: dict[str, str]) -> dict[str, str]:
    return env | {"PIP_CONFIG_FILE": os.devnull}


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_nothing_configured_means_the_clients_own_default(env: dict[str, str]) -> None:
    index = discover(no_pip_files(env))
    assert index.index_urls == ()
    assert index.find_links == ()
    assert not any(index.as_uv_environment().values())


def test_pip_environment(env: dict[str, str]) -> None:
    index = discover(
        no_pip_files(env)
        | {
            "PIP_INDEX_URL": FIRST,
            "PIP_EXTRA_INDEX_URL": f"{SECOND}\n{THIRD}",
            "PIP_TRUSTED_HOST": "first.invalid",
        }
    )
    assert index.index_urls == (FIRST, SECOND, THIRD)
    assert index.trusted_hosts == ("first.invalid",)
    uv = index.as_uv_environment()
    assert uv["UV_DEFAULT_INDEX"] == FIRST
    assert uv["UV_INDEX"] == f"{SECOND} {THIRD}"
    assert uv["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    assert uv["UV_INSECURE_HOST"] == "first.invalid"


def test_an_extra_index_alone_keeps_the_default_one(env: dict[str, str]) -> None:
    index = discover(no_pip_files(env) | {"PIP_EXTRA_INDEX_URL": SECOND})
    default, extra = index.index_urls
    assert extra == SECOND
    assert default.startswith("https://")
    assert index.as_uv_environment()["UV_DEFAULT_INDEX"] == ""


@pytest.mark.parametrize("name", ["UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_uv_environment_goes_before_pips(env: dict[str, str], name: str) -> None:
    index = discover(no_pip_files(env) | {name: SECOND, "PIP_INDEX_URL": FIRST})
    assert index.index_urls == (SECOND,)


def test_a_named_uv_index_gets_its_credentials(env: dict[str, str]) -> None:
    settings = {
        "UV_INDEX": f"my-own={SECOND}",
        "UV_INDEX_MY_OWN_USERNAME": "me",
        "UV_INDEX_MY_OWN_PASSWORD": "a/b",
    }
    index = discover(no_pip_files(env) | settings)
    assert index.extra == (SECOND.replace("://", "://me:a%2Fb@"),)


def test_pip_files_in_their_order(env: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path / "xdg/pip/pip.conf", f"[global]\nindex-url = {FIRST}\nno-index = false\n")
    write(tmp_path / ".config/pip/pip.conf", f"[global]\nindex-url = {SECOND}\n")
    assert discover(env).default == SECOND
    own = write(tmp_path / "own.conf", f"[install]\nindex-url = {THIRD}\n")
    assert discover(env | {"PIP_CONFIG_FILE": str(own)}).default == THIRD
    assert discover(env | {"PIP_INDEX_URL": FIRST}).default == FIRST


def test_uv_file(env: dict[str, str], tmp_path: Path) -> None:
    del env["UV_NO_CONFIG"]
    text = f"""
        [[index]]
        url = "{FIRST}"
        default = true
        [[index]]
        name = "more"
        url = "{SECOND}"
        [[index]]
        url = "{THIRD}"
        explicit = true
    """
    write(tmp_path / ".config/uv/uv.toml", text)
    assert discover(no_pip_files(env)).index_urls == (FIRST, SECOND)


def test_missing_folders_of_archives_are_left_out(env: dict[str, str], tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    links = f"{here} {tmp_path / 'gone'} {(tmp_path / 'gone').as_uri()} {SECOND}"
    index = discover(no_pip_files(env) | {"PIP_FIND_LINKS": links})
    assert index.find_links == (str(here), SECOND)
    assert index.as_uv_environment()["UV_FIND_LINKS"] == f"{here},{SECOND}"


def test_no_index(env: dict[str, str], tmp_path: Path) -> None:
    settings = {"PIP_NO_INDEX": "1", "PIP_INDEX_URL": FIRST, "PIP_FIND_LINKS": str(tmp_path)}
    index = discover(no_pip_files(env) | settings)
    assert index.index_urls == ()
    assert index.find_links == (str(tmp_path),)


@pytest.mark.parametrize("name", [".config/pip/pip.conf", ".config/uv/uv.toml"])
def test_a_broken_file_is_named(env: dict[str, str], tmp_path: Path, name: str) -> None:
    del env["UV_NO_CONFIG"]
    file = write(tmp_path / name, "= [broken")
    with pytest.raises(WorkbenchError, match=str(file)):
        discover(env)


def test_credentials_are_never_shown() -> None:
    index = Index(default=FIRST, find_links=(FIRST,))
    for text in (str(index), repr(index), redacted(f"cannot open {FIRST}: 403")):
        assert "secret" not in text
        assert "***@first.invalid" in text

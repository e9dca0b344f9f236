"""Which package indexes the user configured for pip or uv.

Owns: reading their environment variables and configuration files, and handing
the same indexes to the libraries and commands that fetch packages. Must not
know: what is fetched. It names no registry; the default is the client's own.

Environment and files are those that the two tools document:
https://pip.pypa.io/en/stable/topics/configuration/ and
https://docs.astral.sh/uv/reference/environment/.
"""

from __future__ import annotations

import configparser
import os
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from ..model import Value, WorkbenchError

_PIP_KEYS = ("index-url", "extra-index-url", "find-links", "trusted-host", "no-index", "cert")


class Index(Value, frozen=True):
    """Where packages come from, as the user configured it.

    ``default`` is empty when the client's own default index is meant;
    ``extra`` are searched as well. ``find_links`` are folders and pages of
    archives, ``trusted_hosts`` need no valid certificate, ``certificates`` is
    the path of a CA bundle or empty. URLs may carry credentials: show them
    through ``redacted`` only. ``no_index`` leaves ``find_links`` alone to be
    searched (a uv command needs its ``--no-index`` for that).
    """

    default: str = ""
    extra: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    certificates: str = ""
    no_index: bool = False
    pip_semantics: bool = False

    @property
    def index_urls(self) -> tuple[str, ...]:
        """Every index to search; empty when nothing but the client's default is meant."""
        if self.no_index or not (self.default or self.extra or self.find_links):
            return ()
        return (self.default or _library_default(), *self.extra)

    def as_uv_environment(self) -> dict[str, str]:
        """Environment variables that make a uv command use exactly these indexes.

        An empty value unsets an older spelling that would say something else.
        """
        values = {
            "UV_INDEX_URL": "",
            "UV_EXTRA_INDEX_URL": "",
            "UV_DEFAULT_INDEX": "" if self.no_index else self.default,
            "UV_INDEX": "" if self.no_index else " ".join(self.extra),
            "UV_FIND_LINKS": ",".join(self.find_links),
            "UV_INSECURE_HOST": " ".join(self.trusted_hosts),
        }
        if self.pip_semantics and self.extra:
            # pip takes the best version of all indexes; uv stops at the first that has any.
            values["UV_INDEX_STRATEGY"] = "unsafe-best-match"
        if self.certificates:
            values["SSL_CERT_FILE"] = self.certificates
        return values

    def __str__(self) -> str:
        urls = (*(self.index_urls or ("the default index",)), *self.find_links)
        return redacted(", ".join(urls))

    def __repr__(self) -> str:
        return f"<Index {self}>"


def redacted(text: str) -> str:
    """``text`` with the credentials of every URL in it replaced by ``***``."""
    return re.sub(r"(?<=://)[^/\s]+@", "***@", text)


def discover(env: Mapping[str, str] | None = None) -> Index:
    """Read what the user configured: uv's settings first, then pip's.

    Raises ``WorkbenchError`` for a configuration file that cannot be read.
    """
    environ = os.environ if env is None else env
    uv, pip = _uv(environ), _pip(environ)
    certificates = environ.get("SSL_CERT_FILE") or "".join(pip["cert"][:1])
    return Index(
        default="".join((uv["default"] or pip["index-url"])[:1]),
        extra=_unique([*uv["extra"], *pip["extra-index-url"]]),
        find_links=_present([*uv["find-links"], *pip["find-links"]]),
        trusted_hosts=_unique([*uv["trusted-host"], *pip["trusted-host"]]),
        certificates=certificates if Path(certificates).is_file() else "",
        no_index=any(_true(word) for word in (*uv["no-index"], *pip["no-index"])),
        pip_semantics=bool(pip["extra-index-url"]) and "UV_INDEX_STRATEGY" not in environ,
    )


def _library_default() -> str:
    from unearth import PackageFinder  # a quarter of a second that most commands do not need

    return PackageFinder().sources[0]["url"]


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _present(links: Iterable[str]) -> tuple[str, ...]:
    """Without the local folders that are not there: pip passes over them as well."""
    found = []
    for link in links:
        parts = urlsplit(link)
        if parts.scheme in ("", "file"):
            path = Path(unquote(parts.path) if parts.scheme else link).expanduser().absolute()
            if path.exists():
                found.append(str(path))
        else:
            found.append(link)
    return _unique(found)


def _true(word: str) -> bool:
    return word.lower() in ("1", "true", "yes", "on", "y", "t")


def _pip(env: Mapping[str, str]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {key: [] for key in _PIP_KEYS}
    for file in _pip_files(env):
        parser = configparser.RawConfigParser()
        try:
            parser.read(file, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError, OSError) as error:
            reason = str(error).splitlines()[0]
            raise WorkbenchError(f"cannot read pip's configuration {file}: {reason}") from error
        for section in ("global", "install"):
            for key in _PIP_KEYS:
                if parser.has_option(section, key):
                    values[key] = parser.get(section, key).split()
    for key in _PIP_KEYS:
        variable = f"PIP_{key.upper().replace('-', '_')}"
        if env.get(variable):
            values[key] = env[variable].split()
    return values


def _pip_files(env: Mapping[str, str]) -> list[Path]:
    """pip's configuration files; the later ones win."""
    home = Path(env.get("HOME") or Path.home())
    if sys.platform == "darwin":
        system = [Path("/Library/Application Support/pip/pip.conf")]
        own = home / "Library/Application Support/pip"
        user = own if own.is_dir() else home / ".config/pip"
    else:
        folders = (env.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep)
        system = [Path(folder) / "pip/pip.conf" for folder in folders]
        user = Path(env.get("XDG_CONFIG_HOME") or home / ".config") / "pip"
    chosen = env.get("PIP_CONFIG_FILE")
    if chosen == os.devnull:
        return []
    files = [*system, Path("/etc/pip.conf")]
    if not (chosen and Path(chosen).exists()):
        files += [home / ".pip/pip.conf", user / "pip.conf"]
    files.append(Path(sys.prefix) / "pip.conf")
    return [*files, Path(chosen)] if chosen else files


def _uv(env: Mapping[str, str]) -> dict[str, list[str]]:
    keys = ("default", "extra", "find-links", "trusted-host", "no-index")
    values: dict[str, list[str]] = {key: [] for key in keys}
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        values["default"] += [_with_credentials(word, env) for word in env.get(name, "").split()]
    for name in ("UV_INDEX", "UV_EXTRA_INDEX_URL"):
        values["extra"] += [_with_credentials(word, env) for word in env.get(name, "").split()]
    values["find-links"] += [word.strip() for word in env.get("UV_FIND_LINKS", "").split(",")]
    values["trusted-host"] += env.get("UV_INSECURE_HOST", "").split()
    for file in _uv_files(env):
        _read_uv(file, env, values)
    values["find-links"] = [word for word in values["find-links"] if word]
    return values


def _uv_files(env: Mapping[str, str]) -> list[Path]:
    """uv's configuration files outside of projects; the earlier ones win."""
    if _true(env.get("UV_NO_CONFIG", "")):
        return []
    if env.get("UV_CONFIG_FILE"):
        return [Path(env["UV_CONFIG_FILE"])]
    user = Path(env.get("XDG_CONFIG_HOME") or Path(env.get("HOME") or Path.home()) / ".config")
    system = (env.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep)
    return [folder / "uv/uv.toml" for folder in (user, *map(Path, system), Path("/etc"))]


def _read_uv(file: Path, env: Mapping[str, str], values: dict[str, list[str]]) -> None:
    try:
        settings = tomllib.loads(file.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return
    except (OSError, ValueError) as error:
        raise WorkbenchError(f"cannot read uv's configuration {file}: {error}") from error
    for entry in settings.get("index", ()):
        if not entry.get("explicit"):
            url = _with_credentials(f"{entry.get('name', '')}={entry['url']}", env)
            values["default" if entry.get("default") else "extra"].append(url)
    for table in (settings, settings.get("pip", {})):
        values["default"] += _words(table.get("index-url"))
        values["extra"] += _words(table.get("extra-index-url"))
        values["find-links"] += _words(table.get("find-links"))
        values["no-index"] += _words(table.get("no-index"))
    values["trusted-host"] += _words(settings.get("allow-insecure-host"))


def _words(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(word) for word in (value if isinstance(value, list) else [value])]


def _with_credentials(word: str, env: Mapping[str, str]) -> str:
    """The URL of uv's ``name=url``, with the credentials that belong to the name."""
    name, separator, url = word.partition("=")
    if not separator or "/" in name or ":" in name:
        return word
    prefix = f"UV_INDEX_{re.sub(r'[^A-Z0-9]', '_', name.upper())}"
    user, password = env.get(f"{prefix}_USERNAME", ""), env.get(f"{prefix}_PASSWORD", "")
    if not (user or password) or "@" in urlsplit(url).netloc:
        return url
    return url.replace("://", f"://{quote(user, safe='')}:{quote(password, safe='')}@", 1)

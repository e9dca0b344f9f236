"""Unmodified release archives from the Debian archive, through apt-get.

Owns: a private APT root (own lists and cache, thrown away afterwards; see
apt.conf(5)), so that nothing of the machine's own is changed, and fetching
through the mirror that the machine is configured for. Must not know: any
mirror's name, what a package is used for.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from packaging.version import InvalidVersion, Version

from ..model import (
    Base,
    Interpreter,
    Project,
    RequestError,
    Source,
    SpuriousError,
    WorkbenchError,
)
from ..system import processes
from ..system.digests import digest_of_file
from ..system.home import Home
from ..system.index import redacted
from ..upstreams import kind_of
from . import archive
from .archive import File

SUITES = ("bookworm", "trixie", "forky", "sid")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
LISTS_SECONDS = 120.0  # four lists of sources, about 45 MB
FETCH_SECONDS = 300.0  # one archive, 20 to 35 MB
ASK_SECONDS = 20.0
_TRUST = ("Signed-By", "Trusted")

_CONFIGURATION = """\
Dir::Etc "{etc}";
Dir::State "{root}/state";
Dir::State::lists "{root}/lists";
Dir::State::status "{root}/status";
Dir::Cache "{root}/cache";
Dir::Etc::sourcelist "{root}/private.sources";
Dir::Etc::sourceparts "{root}/empty";
Dir::Etc::parts "{root}/empty";
Dir::Etc::main "{root}/empty/apt.conf";
Dir::Etc::preferences "{root}/empty/preferences";
Dir::Etc::preferencesparts "{root}/empty";
APT::Sandbox::User "";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::PDiffs "false";
Acquire::GzipIndexes "true";
Acquire::Retries "1";
// A mirror that lags behind is still signed, and says which version it gives.
Acquire::Check-Valid-Until "false";
"""


def resolve(wanted: str, project: Project, home: Home, found: Sequence[Interpreter] = ()) -> Base:
    """The newest release that ``wanted`` (``3.13`` or ``3.13.15``) means, fetched and kept.

    An empty ``wanted`` means any. A kept release that fits is taken without asking
    the network; a full version number asks for another one. Raises
    ``RequestError`` if Debian has none.
    """
    if not re.fullmatch(r"(\d+\.\d+(\.\d+)?)?", wanted):
        raise RequestError(f"{wanted!r} is no version of {project.name}, such as 3.13 or 3.13.15")
    name = kept_as(project)
    with home.lock(f"download-{name}"):
        for version in reversed(archive.kept_versions(home, name)):
            if _means(wanted, version) and archive.kept(home, name, version):
                return _base(project, version)
        return _base(project, _fetch(wanted, project, home))


def files(base: Base, home: Home, found: Sequence[Interpreter] = ()) -> Iterator[File]:
    """The content of the release, from the kept archive or fetched and then kept."""
    version = Version(base.locator)
    name = kept_as(base.project)
    with home.lock(f"download-{name}"):
        path = archive.kept(home, name, version)
        if path is None:
            _fetch(base.locator, base.project, home)
            path = archive.kept(home, name, version)
    if path is None:
        raise WorkbenchError(f"{base} was fetched but could not be kept; run again")
    return archive.read(path)


def kept_as(project: Project) -> str:
    """What its archives are kept as: Debian's are not those of the package indexes, even
    where they have the same version."""
    return f"{project.name}-debian" if kind_of(project).index_name(project) else project.name


def mirror(folder: Path) -> dict[str, str]:
    """The Debian mirror that the APT configuration in ``folder`` names, as deb822 fields.

    Raises ``WorkbenchError`` if it has none. Format: sources.list(5).
    """
    parts = folder / "sources.list.d"
    stanzas = [s for file in sorted(parts.glob("*.sources")) for s in paragraphs(_text(file))]
    for file in (folder / "sources.list", *sorted(parts.glob("*.list"))):
        stanzas += [s for line in _text(file).splitlines() if (s := _one_line(line))]
    for stanza in stanzas:
        uris = [uri for uri in stanza.get("URIs", "").split() if re.search(r"/debian/?$", uri)]
        enabled = stanza.get("Enabled", "yes").lower() not in ("no", "false", "0")
        if uris and enabled and "main" in stanza.get("Components", "").split():
            trust = {key: value for key, value in stanza.items() if key in _TRUST}
            if not trust and KEYRING.is_file():
                trust["Signed-By"] = str(KEYRING)
            return {"URIs": uris[0], **trust}
    raise WorkbenchError(
        f"no Debian mirror is configured in {folder}; use another source, such as a path"
    )


def paragraphs(text: str) -> list[dict[str, str]]:
    """The paragraphs of a control file: field names and values, continuation lines kept."""
    found: list[dict[str, str]] = []
    for block in re.split(r"\n\s*\n", text):
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line[:1] in (" ", "\t") and name:
                fields[name] += f"\n{line}"
            elif ":" in line and not line.startswith(("#", "-")):
                name, _, value = line.partition(":")
                fields[name] = value.strip()
        if fields:
            found.append(fields)
    return found


def checksums(control: Mapping[str, str]) -> dict[str, str]:
    """File names and SHA-256 of a source package's ``Checksums-Sha256`` field."""
    lines = [line.split() for line in control.get("Checksums-Sha256", "").splitlines()]
    return {words[2]: words[0] for words in lines if len(words) == 3}


def _one_line(line: str) -> dict[str, str] | None:
    match = re.match(r"deb(?:-src)?\s+(?:\[(.*?)\]\s+)?(\S+)\s+(\S+)\s+([^#]+)", line.strip())
    if match is None:
        return None
    names = {name.lower(): name for name in _TRUST}
    options = dict(word.partition("=")[::2] for word in (match[1] or "").split())
    fields = {names[key]: value for key, value in options.items() if key in names}
    return {"URIs": match[2], "Suites": match[3], "Components": match[4].strip(), **fields}


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""


def _base(project: Project, version: Version) -> Base:
    return Base(project, str(version), Source.DEB, str(version))


def _means(wanted: str, version: Version) -> bool:
    return not wanted or f"{version}.".startswith(f"{wanted}.")


def _fetch(wanted: str, project: Project, home: Home) -> Version:
    """Fetch the newest release that can be had, keep it, and say which it is."""
    if shutil.which("apt-get") is None or shutil.which("apt-cache") is None:
        raise WorkbenchError(
            f"{project.name} from Debian needs apt-get, which is not here; use {_instead(project)}"
        )
    packages = kind_of(project).debian_packages(wanted)
    with home.scratch("apt") as root:
        env = _private_root(root)
        update = processes.run(["apt-get", "-q", "update"], deadline=LISTS_SECONDS, env=env)
        shown = processes.run(["apt-cache", "showsrc", *packages], deadline=ASK_SECONDS, env=env)
        listed = _listed(shown.stdout, packages)
        if not listed and not update.ok:
            first = re.search(r"^[EW]: (.*)", update.stderr, re.MULTILINE)
            reason = redacted(first[1] if first else f"apt-get ended by {update.stop}")
            known = ", ".join(map(str, archive.kept_versions(home, kept_as(project)))) or "nothing"
            raise SpuriousError(
                f"the Debian mirror cannot be used ({reason}); use {_instead(project)}, "
                f"or what is kept here: {known}"
            )
        fitting = [version for version in listed if _means(wanted, version)]
        for version in fitting:
            path = _download(listed[version], root, env)
            if path is not None:
                archive.keep(home, path, kept_as(project), version)
                return version
    names = ", ".join(map(str, listed)) or "none"
    if fitting:
        raise SpuriousError(
            f"Debian lists {project.name} {', '.join(map(str, fitting))}, but its mirror does not "
            f"have the files; ask for another version or use {_instead(project)}"
        )
    raise RequestError(
        f"Debian has no {project.name} {wanted} in {', '.join(SUITES)} (it has {names}); "
        f"ask for another version or use {_instead(project)}"
    )


def _instead(project: Project) -> str:
    """The other sources of a project, as they are asked for."""
    is_installed = Source.INSTALLED in kind_of(project).SOURCES
    return f"`{Source.INSTALLED}` or a path" if is_installed else "its version alone, or a path"


def _apt_config(*words: str) -> str:
    return processes.run(["apt-config", *words], deadline=ASK_SECONDS, check=True).stdout


def _private_root(root: Path) -> dict[str, str]:
    for name in ("state", "lists/partial", "cache/archives/partial", "empty", "fetched"):
        (root / name).mkdir(parents=True)
    (root / "status").touch()
    dump = _apt_config("dump").splitlines()
    shell = _apt_config("shell", "etc", "Dir::Etc/d")
    etc = shell.partition("=")[2].strip().strip("'")
    fields = {"Types": "deb-src", "Suites": " ".join(SUITES), "Components": "main"}
    text = "".join(f"{name}: {value}\n" for name, value in (fields | mirror(Path(etc))).items())
    (root / "private.sources").write_text(text, "utf-8")
    proxies = [line for line in dump if re.match(r"Acquire::https?::", line)]
    configuration = _CONFIGURATION.format(root=root, etc=etc) + "\n".join([*proxies, ""])
    (root / "apt.conf").write_text(configuration, "utf-8")
    return {**os.environ, "APT_CONFIG": str(root / "apt.conf"), "LC_ALL": "C.UTF-8"}


def _listed(text: str, packages: Sequence[str]) -> dict[Version, str]:
    """Upstream versions and a source package (``NAME=VERSION``) of each, newest first."""
    found = {}
    for control in paragraphs(text):
        name, version = control.get("Package", ""), control.get("Version", "")
        if name in packages and "~" not in version:  # ~ marks pre-releases
            with contextlib.suppress(InvalidVersion):
                found[Version(re.sub(r"^\d+:|-[^-]*$", "", version))] = f"{name}={version}"
    return dict(sorted(found.items(), reverse=True))


def _download(what: str, root: Path, env: Mapping[str, str]) -> Path | None:
    """The original archive of a source package, checked against its .dsc; None if unfetchable."""
    folder = root / "fetched"
    argv = ["apt-get", "-q", "source", "--download-only", "--only-source", what]
    fetched = processes.run(argv, deadline=FETCH_SECONDS, cwd=folder, env=env)
    if not fetched.ok:
        return None
    name = what.partition("=")[0]
    for description in folder.glob(f"{name}_*.dsc"):
        for control in paragraphs(description.read_text("utf-8")):
            for file, expected in checksums(control).items():
                if re.search(r"\.orig\.tar\.\w+$", file):
                    if digest_of_file(folder / file) == expected:
                        return folder / file
                    raise WorkbenchError(f"{file} does not match its checksum; run again")
    raise WorkbenchError(f"{what} has no original archive; ask for another version")

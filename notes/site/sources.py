"""A page for every file and folder of the project, so that links to them lead somewhere.

They are made beside Sphinx's documents, in its theme, and are not searched. A page is
made again only when its file has changed, or something that all pages show.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from rendering import file_page, folder_page, heading
from sphinx import addnodes
from sphinx.application import Sphinx

FOLDERS = ("harness", "notes", "patches", "tests")
UNDER = "source"  # the folder of the site in which these pages are
STAMP = ".sources"
EARLY = 100  # before the theme looks at what a page is made of


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("html-collect-pages", pages)
    app.connect("html-page-context", partial(share_contents, {}), priority=EARLY)
    return {"version": "1", "parallel_read_safe": True}


def page_name(app: Sphinx, path: Path) -> str | None:
    """The page that shows a file or folder of the project; none if it has no page.

    That is the document itself for what Sphinx reads, and for a folder its README.
    """
    root = Path(app.srcdir)
    if not path.is_relative_to(root) or path == root or not path.exists():
        return None
    relative = path.relative_to(root)
    for document in (str(relative).removesuffix(".md"), f"{relative}/README"):
        if document in app.env.found_docs:
            return document
    if len(relative.parts) == 1 and path.is_file():
        is_ours = is_shown(path)
    else:
        below = [root / folder for folder in relative.parents if folder.parts]
        is_ours = relative.parts[0] in FOLDERS and all(map(is_shown, (path, *below)))
    return f"{UNDER}/{relative}" if is_ours else None


def is_shown(path: Path) -> bool:
    """Whether a file or folder is neither hidden nor a link nor made by Python."""
    return not path.name.startswith((".", "__pycache__")) and not path.is_symlink()


def children(folder: Path) -> list[Path]:
    """What is shown of a folder: folders, then files."""
    return sorted(filter(is_shown, folder.iterdir()), key=lambda path: (path.is_file(), path))


def below(folder: Path) -> Iterator[Path]:
    """Everything that is shown below a folder."""
    for path in children(folder):
        yield path
        if path.is_dir():
            yield from below(path)


def pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The pages that are missing or old, as Sphinx wants them; those of what is gone go."""
    root, out = Path(app.srcdir), Path(app.outdir)
    stamp, digest = out / STAMP, digest_of_what_all_show(app)
    all_anew = not stamp.exists() or stamp.read_text("utf-8") != digest
    stamp.unlink(missing_ok=True)  # a build that is cut short leaves nothing to be trusted
    wanted = set()
    files = [path for path in children(root) if path.is_file()]
    folders = [root / name for name in FOLDERS if (root / name).is_dir()]
    for path in (*files, *folders, *(path for folder in folders for path in below(folder))):
        name = page_name(app, path)
        if name is None or not name.startswith(f"{UNDER}/"):
            continue
        page = out / f"{name}.html"
        wanted.add(page)
        if all_anew or not page.exists() or page.stat().st_mtime <= changed(path):
            yield name, context(app, path, name), "page.html"
    stamp.write_text(digest, "utf-8")
    for page in (out / UNDER).rglob("*.html"):
        if page not in wanted:
            page.unlink()


def share_contents(
    made: dict[Any, str],
    app: Sphinx,
    pagename: str,
    template: str,
    context: dict[str, Any],
    doctree: object,
) -> None:
    """Make the table of contents once for all pages that are equally deep: it takes longer than
    the rest of a page, and only where its links start from differs. ``made`` keeps it."""
    folder, _, rest = pagename.partition("/")
    if folder != UNDER:
        return
    make, depth = context["toctree"], rest.count("/")

    def toctree(**how: Any) -> str:
        key = (depth, *sorted(how.items()))
        if key not in made:
            made[key] = make(**how)
        return made[key]

    context["toctree"] = toctree


def context(app: Sphinx, path: Path, name: str) -> dict[str, str]:
    """What the theme's template wants to know of a page."""

    def uri(other: Path) -> str | None:
        page = page_name(app, other)
        return page and app.builder.get_relative_uri(name, page)

    body = folder_page(children(path), uri) if path.is_dir() else file_page(path)
    relative = path.relative_to(app.srcdir)
    return {"title": relative.as_posix(), "body": heading(Path(app.srcdir), relative, uri) + body}


def digest_of_what_all_show(app: Sphinx) -> str:
    """Changes with the table of contents, and with the modules and styles of the site."""
    front = app.env.get_doctree(app.config.root_doc)
    shown = [str([tree["entries"] for tree in front.findall(addnodes.toctree)])]
    made_by = sorted(Path(app.confdir).rglob("*.*"))
    shown += [path.read_text("utf-8") for path in made_by if path.suffix in {".py", ".css"}]
    return hashlib.sha256("\0".join(shown).encode()).hexdigest()


def changed(path: Path) -> float:
    """When a file changed, or a folder or something in it, in seconds since 1970."""
    inside = children(path) if path.is_dir() else []
    times: list[float] = [each.stat().st_mtime for each in (path, *inside)]
    return max(times)

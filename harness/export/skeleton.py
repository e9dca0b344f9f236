"""The skeleton of a candidate: a folder with a candidate.toml that explains itself.

Owns: that text. Must not know git or trees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..catalog import tickets
from ..catalog.catalog import Catalog
from ..model import CandidateName, RequestError
from ..request import Request
from ..system.files import replace_text

NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")
TEMPLATE = """\
# What it does, in one line; reports show it.
title = "{name}: say here what it does"
# The ticket, as UPSTREAM#NUMBER; the commit's subject has to name the same. If it is for
# several, a list of them, that one first.
ticket = "{ticket}"
# Where the idea comes from, with a link.
origin = "{ticket}"
# Whose idea it is. "Name <address>" becomes a Co-authored-by line, a name alone is
# named in the commit's message.
credit = []
# The release that the patch was made against; its blobs make a three-way merge into
# other releases possible. `refresh` writes it.
# made_for = ""
# The patches in order, each one commit as `git format-patch --full-index` writes it.
# The message of the last one is that of the pull request. `refresh` writes it.
series = ["0001-{name}.patch"]
# There is no patch yet: the candidate is left out until there is. `refresh` removes this.
draft = true

# Candidates that go on first.
# stacks_on = ["{upstream}/other"]

# Paths that it may touch, as patterns; anything else keeps its diff from being ready.
# files = ["{code}", "{tests}*"]

# Why the upstream should want it: the text of the pull request. Without it, that is the
# body of the commit's message.
# pull_request = \"\"\"
# \"\"\"

# The same change as another text, for other releases; repeatable.
# [[variant]]
# versions = ">=1.0,<2"
# made_for = "1.9"
# series = ["1.9.x/0001-{name}.patch"]

# A small fault in the patch's code that its tests need not notice, and why; the line and the
# mutation as `diffs` tells them; repeatable.
# [[survivors]]
# line = "if timeout <= 0:"
# mutation = "<= becomes <"
# why = "..."

# A test that asserts the very behaviour that this change ends, and why it does; repeatable.
# [[flips]]
# test = "module.Class.test_something"
# why = "it asserts ..."
"""


def make(request: Request, catalog: Catalog) -> Iterator[str]:
    """Write the skeleton and tell what comes next. ``RequestError`` if the name is no good."""
    asked = CandidateName.read(request.name)
    upstream, name = asked.upstream, asked.name
    if not upstream or not NAME.fullmatch(name):
        raise RequestError(
            f"{request.name!r} is no name; write UPSTREAM/NAME in small letters; upstreams are: "
            f"{', '.join(catalog.upstreams)}"
        )
    rules = catalog.upstream(upstream)
    if asked in catalog.candidates or asked in catalog.drafts:
        raise RequestError(f"there is a candidate {request.name}; take another name")
    folder = catalog.folder / upstream / name
    if folder.exists():
        raise RequestError(f"there is a folder {folder}; take another name or remove it")
    pull_request = rules.pull_request
    ticket = tickets.read(request.ticket)
    if ticket is None:
        raise RequestError(f"--ticket {request.ticket}: that is no ticket; write its number")
    text = TEMPLATE.format(
        name=name,
        upstream=upstream,
        ticket=f"{ticket.upstream or upstream}#{ticket.number}",
        code=f"{(*rules.prefixes, upstream + '/')[0]}*",
        tests=pull_request.tests if pull_request else "tests/",
    )
    replace_text(folder / "candidate.toml", text)
    yield f"new: {upstream}/{name}/candidate.toml"
    yield f"next: python -m harness edit {request.name}, commit there, then refresh {request.name}"

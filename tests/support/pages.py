"""A page as a strict reader takes it: its tags, texts, links and places, and what is wrong.

For tests only. What it says is wrong no browser would complain of: they mend it silently.
"""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "img", "hr", "path", "circle", "rect"}
INLINE = {"a", "code", "span", "b"}  # nothing is between them and the words beside them
HOSTILE = "<script>alert(1)</script><b>\"'&amp;\x1b[31m\x00\u202e\ud800</details>-->{{ 7 * 7 }}"
"""What upstream may write anywhere."""


class Page(HTMLParser):
    """A page that was read. ``text`` is what is shown, without style and script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.wrong: list[str] = []
        self.ids: Counter[str] = Counter()
        self.tags: Counter[str] = Counter()
        self.links: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.wrong += [f"<{tag}> stays open" for tag in self._open]
        self.wrong += [f"two places are called {each}" for each, n in self.ids.items() if n > 1]
        self.wrong += [
            f"{link} leads nowhere"
            for link in self.links
            if link.startswith("#") and link[1:] not in self.ids
        ]

    @property
    def text(self) -> str:
        """Everything that is shown, with single spaces."""
        return " ".join("".join(self.words).split())

    def places(self, kind: str) -> list[str]:
        """The ids that begin with a word."""
        return [each for each in self.ids if each.startswith(f"{kind}-")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        told = {name: value or "" for name, value in attrs}
        if "id" in told:
            self.ids[told["id"]] += 1
        if "href" in told:
            self.links.append(told["href"])
        self.wrong += [f"{name} on <{tag}>" for name in told if name.startswith("on")]
        self.wrong += [f"<{tag}> loads {told['src']}" for name in told if name == "src"]
        if tag not in VOID:
            self._open.append(tag)
        if tag not in INLINE:
            self.words.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        if self._open[-1:] not in (["style"], ["script"]):
            self.words.append(data)


def read(html: str) -> Page:
    """A page that has to be sound: whole, with one script and one style, and no odd letters."""
    page = Page(html)
    assert page.wrong == []
    assert (page.tags["script"], page.tags["style"]) == (1, 1)
    odd = re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html)
    assert odd is None, f"{odd!r} in the page"
    return page

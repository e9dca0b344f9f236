"""How Sphinx makes a site of the README, the notes and the reports: `nox -s docs`.

The Markdown stays as plain as it reads in the repository; what the site needs beyond
that, the modules beside this file add while it is built. They know Sphinx and nothing
of ``harness``, which knows nothing of them.

``$WORKBENCH_HOME/reports`` is where reports are taken from.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "The upstream patch workbench"
html_title = project

extensions = ["myst_parser", "contents", "sources", "mentions", "reports", "accessible", "again"]
include_patterns = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "notes/*.md"]
exclude_patterns = [".*", "harness", "patches", "tests"]  # they are not even looked through
root_doc = "README"
myst_heading_anchors = 4  # `#…` as GitHub makes it of a heading
nitpicky = True

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_extra_path = ["extra"]  # index.html, which leads to README.html
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_use_index = False  # of an API, which this does not describe
html_show_search_summary = False  # it would be fetched, which a page that is a file may not do

linkcheck_timeout = 20  # seconds
linkcheck_retries = 2
linkcheck_anchors_ignore_for_url = [r"https://github\.com/.*"]  # scripts make them

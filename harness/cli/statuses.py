"""The exit statuses of every verb.

Owns: these numbers. Must not know which verb ends with which.
"""

from __future__ import annotations

DONE, MATCHED, WRONG, UNDONE, INTERRUPTED = 0, 1, 2, 3, 130

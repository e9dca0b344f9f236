"""An exchange as a drawing: who stood where, what passed between them, and when.

Owns the way from an ``Observation`` to a ``Drawing`` (lanes, steps, waits), which is the
same for a page and for a terminal, and to both of these. Pure: it must not know
sockets, files, reports or candidates.
"""

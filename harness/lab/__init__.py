"""The wire lab: real servers, links and clients, and what was seen between them.

Owns everything that the regression tests need to put one exchange on the wire
and to say what became of it. It must not know trees, candidates, jobs or
reports: what is under test arrives as a ``target.Target``, and an exchange
leaves as an ``observation.Observation``. Nothing here imports the rest of
``harness``.
"""

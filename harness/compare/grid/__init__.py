"""Candidates on releases on Pythons: what `matrix` judges, in which order, and what it takes.

Owns: nothing by itself; ``axes`` says what there is, ``spots`` judges one release on one Python,
``estimate`` what it takes, and ``run`` the order. Must not know how a verdict is found: each is
that of ``compare.judging``.
"""

"""A simulated fleet: a client, a scheduler and workers with homes of their own, and what is
done to them while they judge many patches. ``python -m support.fleet --help``.

For tests only. ``world`` makes the work, ``crew`` starts and ends processes, ``trouble`` is in
each of them, ``faults`` is one fault after another, ``campaign`` puts them at random moments
and looks at what came of it.
"""

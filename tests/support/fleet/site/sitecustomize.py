"""Loaded by every Python of the fleet before anything else, and by nobody else."""

from support.fleet import trouble

trouble.begin()

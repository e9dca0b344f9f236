"""Measurements: judging, searching and serving, each against something."""

"""Measurements: judging, noise, searching, serving and more, each against something."""

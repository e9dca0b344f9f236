"""Processes, the sandbox, files, the workspace and the package index: the machine."""

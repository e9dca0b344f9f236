"""The command line: verbs, flags, printing and exit statuses."""

"""What stands in ``patches/``, as values."""

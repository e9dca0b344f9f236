"""What a run that goes on looks like from another process."""

"""Base against patched: what is run, when, and what it adds up to."""

"""What is asked of a diff: a module for each family of checks, and the table of all."""

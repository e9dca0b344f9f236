"""Pure judgement: results become changes, verdicts, causes and findings."""

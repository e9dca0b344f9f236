"""The Pythons that run trees: found, got, built, and with the packages that tests need."""

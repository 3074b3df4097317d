"""Measurements against named peers, in the same run; results in README.md."""

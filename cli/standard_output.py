"""Keeps standard output for results."""

import os
import sys


def keep_standard_output() -> None:
    """Keep standard output for results: whatever compiled libraries print goes to standard error.

    The solver's library writes some messages straight to file descriptor 1, which would spoil `--json`.
    """
    results = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = os.fdopen(results, "w", encoding="utf-8", buffering=1)

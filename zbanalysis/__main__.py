"""``python -m zbanalysis``: see `zbanalysis.cli`."""

from __future__ import annotations

import sys

if __name__ == "__main__" and not sys.flags.safe_path:
    # ``python -m`` looks for modules in the current folder first, which may hold anybody's: a calendar.py
    # there is not Python's.
    del sys.path[0]

from zbanalysis.cli import cli, main

__all__ = ["cli", "main"]

if __name__ == "__main__":
    main()

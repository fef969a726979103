"""``python -m zbanalysis``: see `zbanalysis.cli`."""

from __future__ import annotations

from zbanalysis.cli import cli, main

__all__ = ["cli", "main"]

if __name__ == "__main__":
    main()

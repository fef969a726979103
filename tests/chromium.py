"""A real browser for the tests that need one, or the reason why there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)


def missing(*packages: str) -> str:
    """Why the tests that need Chromium and these packages are skipped; empty where they can run."""
    for name in packages:
        if find_spec(name) is None:
            return f"{name} is not installed (extra 'browser'; make test-browser installs it)"
    return "" if CHROMIUM else "there is no Chromium on the PATH (Debian: apt-get install chromium)"


@contextmanager
def launched() -> Iterator:
    """A Chromium that ends with the block."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        # As root in a container Chromium has no sandbox; elsewhere it keeps it.
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        one = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if root else [])
        yield one
        one.close()

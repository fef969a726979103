"""The command line in the test's own process: what a process of its own would answer, without its start."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest


def call(*arguments: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run ``zbanalysis`` in a folder, with these variables set."""
    from zbanalysis.cli import main

    out, err = (io.TextIOWrapper(io.BytesIO(), "ascii") for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(cwd)
        for name, value in {"PYTHONSAFEPATH": "1", "MPLBACKEND": "agg", **env}.items():
            patch.setenv(name, value)
        for name, value in (("argv", ["zbanalysis", *arguments]), ("stdout", out), ("stderr", err)):
            patch.setattr(sys, name, value)
        with pytest.raises(SystemExit) as leaving:
            main()
    texts = [stream.detach().getvalue().decode("utf-8") for stream in (out, err)]
    return subprocess.CompletedProcess(arguments, leaving.value.code or 0, *texts)

"""What every test may ask for: where the project is, its data, and a copy of the data to spoil."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

# Notebooks below tests/ are samples, some made to fail; nbval runs those in notebooks/ only.
collect_ignore_glob = ["*.ipynb"]

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def data_dir(root: Path) -> Path:
    """The shipped data; read, never written."""
    return root / "data"


@pytest.fixture
def data_copy(data_dir: Path, tmp_path: Path) -> Path:
    """A copy of the shipped data, to be spoiled by a test."""
    return Path(shutil.copytree(data_dir, tmp_path / "data"))

"""The names an economist meets: ``import zbanalysis as zb``."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest
from library_page import sections

import zbanalysis as zb
from zbanalysis.errors import InputError

PACKAGES = sorted(one.name for one in pkgutil.iter_modules(zb.__path__) if one.name != "__main__")


def test_no_name_is_a_package_and_each_is_there_after_every_package_was_imported() -> None:
    for package in PACKAGES:
        importlib.import_module(f"zbanalysis.{package}")
    assert not set(zb.__all__) & set(PACKAGES)
    assert 12 <= len(zb.__all__) <= 16
    for name in zb.__all__:
        assert callable(getattr(zb, name)), name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'projekt'"):
        zb.projekt  # noqa: B018


@pytest.mark.parametrize("name", zb.__all__)
def test_each_has_a_full_docstring_with_an_example(name: str) -> None:
    parts = sections(inspect.getdoc(getattr(zb, name)) or "")
    wanted = {"Returns", "Examples"} | (
        {"Parameters"} if inspect.signature(getattr(zb, name)).parameters else set()
    )
    assert wanted <= set(parts) | ({"Returns"} if "Yields" in parts else set())
    assert ">>> " in parts["Examples"]


def test_the_import_loads_nothing_else() -> None:
    program = (
        "import sys, zbanalysis; print([name for name in sys.modules if name.startswith('zbanalysis.')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_tidy_frame_of_an_indicator() -> None:
    found = zb.series("rd_intensity", ["zibo"], as_of="2020-08-10")
    assert found[["period", "published"]].to_numpy().tolist() == [["2015", "2.14"], ["2018", "2.63"]]
    with pytest.raises(InputError, match="did you mean rd_intensity"):
        zb.series("rd_intensty")

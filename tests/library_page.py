"""docs/library.md, made from the docstrings: ``python tests/library_page.py`` writes it; `test_docs` says when that is due."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
ORDER = (
    "data",
    "plan",
    "trend",
    "projection",
    "outlook",
    "evidence",
    "report",
    "runs",
    "explore",
    "entry",
    "cli",
)


def cell(text: str) -> str:
    """Docstring text as the cell of a Markdown table."""
    return text.replace("``", "`").replace("|", "\\|")


ABOUT_LIBRARY = """\
Every module that a notebook or a [worked example](methods.md) imports, with its public names. Parameters, columns,
units and an example stand in each docstring: `help(plan.measure)`, or `pathway.measure?` in a notebook.
Written by `tests/library_page.py`."""


def imported(source: str) -> set[str]:
    """Our modules that a piece of Python takes from: ``plan``, ``charts.area``."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "zbanalysis":
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add((whole if _is_module(whole) else node.module).removeprefix("zbanalysis."))
    return found


def _is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def notebook_code(path: Path) -> str:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return "\n".join("".join(one["source"]) for one in cells if one["cell_type"] == "code")


def page_code(path: Path) -> str:
    """What the examples of a page type in."""
    shown = re.findall(r"(?m)^(?:>>>|\.\.\.) ?(.*)$", path.read_text("utf-8"))
    return "\n".join(shown)


def public_modules() -> list[str]:
    """Modules that a notebook or a worked example imports: what a user calls."""
    pieces = [notebook_code(path) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
    pieces += [page_code(path) for path in sorted((DOCS / "methods").glob("*.md"))]
    found = set().union(*map(imported, pieces))
    return sorted(found, key=lambda name: (ORDER.index(name.partition(".")[0]), name))


def public_names(module: str) -> list[str]:
    """What a module offers: ``__all__``, or else the functions and classes it defines without an underscore."""
    loaded = importlib.import_module(f"zbanalysis.{module}")
    if hasattr(loaded, "__all__"):
        return sorted(loaded.__all__)
    own = [name for name, one in vars(loaded).items() if _is_own(one, loaded.__name__)]
    return sorted(name for name in own if not name.startswith("_"))


def _is_own(one: object, module: str) -> bool:
    return (inspect.isfunction(one) or inspect.isclass(one)) and one.__module__ == module


def library() -> str:
    """The page of public names."""
    parts = ["# The library: what a notebook may call", ABOUT_LIBRARY]
    for module in public_modules():
        loaded = importlib.import_module(f"zbanalysis.{module}")
        first = (inspect.getdoc(loaded) or "").partition("\n")[0]
        rows = [f"| `{name}` | {cell(_said(module, name))} |" for name in public_names(module)]
        parts.append("\n".join([f"## `{module}`", "", cell(first), "", "| name | |", "|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def _said(module: str, name: str) -> str:
    """The first line of what the source says of a name; of a constant, the text below it."""
    one = getattr(importlib.import_module(f"zbanalysis.{module}"), name)
    if inspect.isfunction(one) or inspect.isclass(one) or inspect.ismodule(one):
        return (inspect.getdoc(one) or "").partition("\n")[0]
    return _said_below(f"zbanalysis.{module}", name) or _shown(one)


def _shown(one: object) -> str:
    """A value as it is, or the keys of a table."""
    words = ", ".join(map(str, one)) if isinstance(one, Mapping | tuple | list) else str(one)
    return f"`{words}`" if words else ""


def _said_below(module: str, name: str) -> str:
    """Text below the assignment of a constant, wherever the module has it from."""
    body = ast.parse(inspect.getsource(importlib.import_module(module))).body
    for line, after in zip(body, [*body[1:], ast.Pass()], strict=True):
        targets = {
            getattr(one, "id", "") for one in getattr(line, "targets", [getattr(line, "target", None)])
        }
        if name in targets:
            text = getattr(getattr(after, "value", None), "value", "") if isinstance(after, ast.Expr) else ""
            return str(text).partition("\n")[0].removesuffix(":")
        if isinstance(line, ast.ImportFrom) and name in {alias.name for alias in line.names}:
            return _said_below(line.module or "", name)
    return ""


def write() -> None:
    """Write the page of the library into docs/."""
    (DOCS / "library.md").write_text(library(), "utf-8", newline="\n")


if __name__ == "__main__":
    write()

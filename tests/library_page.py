"""docs/library.md, made from the docstrings of the face: ``python tests/library_page.py`` writes it."""

from __future__ import annotations

import ast
import inspect
import json
from pathlib import Path

import zbanalysis

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "library.md"
ABOUT = """\
# The library

    import zbanalysis as zb

Written from the docstrings (`python tests/library_page.py`); in a notebook `zb.progress?` shows the same, with parameters and columns.
What a method computes, with worked examples: [methods.md](methods.md)."""
KEPT = ("Parameters", "Returns", "Raises", "Examples")


def sections(text: str) -> dict[str, str]:
    """A numpydoc docstring in its parts; the words before the first heading under the empty name."""
    parts, name = {"": []}, ""
    lines = text.splitlines()
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if below and set(below) == {"-"}:
            name = line
            parts[name] = []
        elif not (line and set(line) == {"-"}):
            parts[name].append(line)
    return {key: "\n".join(value).strip("\n") for key, value in parts.items()}


def entry(name: str) -> str:
    """One name of the face: how it is called, what it is, an example."""
    one = getattr(zbanalysis, name)
    parts = sections(inspect.getdoc(one) or "")
    signature = (
        str(inspect.signature(one)).replace(repr(ROOT / "data"), "'data'") if inspect.isfunction(one) else ""
    )
    call = f"zb.{name}{signature}"
    code = [parts[""], *(f"{key}:\n\n{_indented(parts[key])}" for key in KEPT if parts.get(key))]
    return "\n\n".join([f"## `{name}`", f"    {call}", *code])


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.splitlines())


def library() -> str:
    """The page of public names."""
    return "\n\n".join([ABOUT, *map(entry, zbanalysis.__all__)]) + "\n"


def notebook_code(path: Path) -> str:
    """Everything that a notebook's code cells say."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return "\n".join("".join(one["source"]) for one in cells if one["cell_type"] == "code")


def names_used(path: Path) -> set[str]:
    """Names of the face that a notebook calls."""
    return {
        node.attr
        for node in ast.walk(ast.parse(notebook_code(path)))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "zb"
    }


if __name__ == "__main__":
    PAGE.write_text(library(), "utf-8", newline="\n")

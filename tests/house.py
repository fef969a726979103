"""What the documentation takes from the source: the picture and the list of rooms, and the library's public names.

``python tests/house.py`` writes them into docs/; `test_docs` says when that is due.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path

from test_architecture import GROUND, NUMBERS, PRESENTATION, PUBLICATION, READS_OR_WRITES, SOURCES, room

ROOT = Path(__file__).resolve().parent.parent
PACKAGE, DOCS = ROOT / "zbanalysis", ROOT / "docs"
FLOORS = {
    "Ground": (GROUND, "data and what is known of them on a day"),
    "Numbers": (NUMBERS, "frames in, frames out: no words, no pictures"),
    "Presentation": (PRESENTATION, "words, charts, tables, sentences: no statistics"),
    "Publication": (PUBLICATION, "runs, result file, documents, commands"),
}
BEGIN, END = "<!-- rooms: written by tests/house.py -->", "<!-- end of rooms -->"

# --- rooms ---


def rooms(floor: str) -> list[str]:
    """The rooms of a floor that are there, in the order in which they may import."""
    there = {room(path) for path in SOURCES}
    return [name for name in FLOORS[floor][0] if name in there]


def purpose(name: str) -> str:
    """What a room is for: the first line of its docstring."""
    path = PACKAGE / f"{name}.py"
    path = path if path.exists() else PACKAGE / name / "__init__.py"
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n")[0]


def cell(text: str) -> str:
    """Docstring text as the cell of a Markdown table."""
    return text.replace("``", "`").replace("|", "\\|")


def tables() -> str:
    """Every floor as a table of its rooms."""
    parts = []
    for floor, (_, about) in FLOORS.items():
        lines = [
            f"### {floor}",
            "",
            f"{about[0].upper()}{about[1:]}.",
            "",
            "| room | what it is for | files it touches |",
            "|---|---|---|",
        ]
        lines += [
            f"| **{name}** | {cell(purpose(name))} | {READS_OR_WRITES.get(name, '')} |"
            for name in rooms(floor)
        ]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


# --- the picture ---

WIDTH, LEFT, LINE, CHARACTER = 960, 150, 30, 7.3


def picture() -> str:
    """The house as SVG: data enter at the ground, reports leave by the roof."""
    floors = [(floor, _rows(rooms(floor))) for floor in FLOORS]
    bodies, y = [], 120
    for floor, rows in reversed(floors):
        bodies.append(_floor(floor, rows, y))
        y += LINE * len(rows) + 46
    font = 'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="12"'
    about = "data enter at the ground, reports leave by the roof; a room imports only rooms before it"
    key = (
        "Rooms in order, line by line, floor upon floor: each imports only rooms before it. ● touches files."
    )
    middle = WIDTH / 2
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 80}" role="img" {font}>',
        f"<title>The house: {about}</title>",
        f'<rect width="{WIDTH}" height="{y + 80}" fill="white"/>',
        f'<path d="M20 116 L{middle} 24 L{WIDTH - 20} 116 Z" fill="#17365d"/>',
        f'<text x="{middle}" y="78" fill="white" text-anchor="middle" font-size="15">reports/</text>',
        f'<text x="{middle}" y="100" fill="white" text-anchor="middle">PDF · Word · workbook · result file</text>',
        *bodies,
        f'<rect x="20" y="{y + 6}" width="{WIDTH - 40}" height="40" fill="#e9e4d8"/>',
        f'<text x="{middle}" y="{y + 31}" text-anchor="middle">data/  published figures, targets, sources</text>',
        f'<text x="20" y="{y + 66}" fill="#555">{key}</text>',
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _rows(names: list[str]) -> list[list[tuple[str, float, float]]]:
    """Rooms set in lines: name, left edge, width."""
    lines: list[list[tuple[str, float, float]]] = [[]]
    x = float(LEFT)
    for name in names:
        wide = CHARACTER * (len(name) + 2 * (name in READS_OR_WRITES)) + 16
        if x + wide > WIDTH - 30:
            lines.append([])
            x = float(LEFT)
        lines[-1].append((name, x, wide))
        x += wide + 6
    return lines


def _floor(floor: str, lines: list[list[tuple[str, float, float]]], y: int) -> str:
    high = LINE * len(lines) + 40
    parts = [
        f'<rect x="20" y="{y}" width="{WIDTH - 40}" height="{high}" fill="#f4f7fb" stroke="#17365d"/>',
        f'<text x="32" y="{y + 40}" font-weight="bold">{floor}</text>',
        f'<text x="{LEFT}" y="{y + 18}" fill="#555">{escape(FLOORS[floor][1])}</text>',
    ]
    for index, line in enumerate(lines):
        top = y + 28 + LINE * index
        for name, x, wide in line:
            dot = '<tspan fill="#b5482a"> ●</tspan>' if name in READS_OR_WRITES else ""
            parts.append(
                f'<rect x="{x:.1f}" y="{top}" width="{wide:.1f}" height="24" rx="3" fill="white" stroke="#8aa4c4"/>'
                f'<text class="room" x="{x + 8:.1f}" y="{top + 16}">{name}{dot}</text>'
            )
    return "\n".join(parts)


# --- the library ---

ABOUT_LIBRARY = """\
Every module that a notebook or a [worked example](methods.md) imports, with its public names. Parameters, columns,
units and an example stand in each docstring: `help(plan.measure)`, or `plan.measure?` in a notebook.
Written by `tests/house.py`."""


def imported(source: str) -> set[str]:
    """Modules of the house that a piece of Python takes from: ``plan``, ``charts.area``."""
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
    order = [name for floor in FLOORS for name in rooms(floor)]
    found = set().union(*map(imported, pieces))
    return sorted(found, key=lambda name: (order.index(name.partition(".")[0]), name))


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
    """Write picture, list of rooms and library page into docs/."""
    (DOCS / "images" / "house.svg").write_text(picture(), "utf-8", newline="\n")
    (DOCS / "library.md").write_text(library(), "utf-8", newline="\n")
    page = DOCS / "architecture.md"
    before, rest = page.read_text("utf-8").split(BEGIN)
    text = f"{before}{BEGIN}\n\n{tables()}\n\n{END}{rest.split(END)[1]}"
    page.write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    write()

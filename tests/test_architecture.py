"""The order of the packages, and what importing them may do."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

LONGEST_FUNCTION = 60
LONGEST_FILE, LONGEST_LINE = 520, 110
MOST_NAMES, MOST_FILES = 14, 140
ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "zbanalysis"
SOURCES = sorted(PACKAGE.rglob("*.py"))
NUMBERS = ("data", "plan", "trend", "projection", "outlook", "evidence")
TOUCHES_FILES = {"open", "read_text", "read_bytes", "read_csv", "write_text", "mkdir", "unlink"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


# --- the order ---


def contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of the contract in a folder's pyproject.toml."""
    program = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
    arguments = [sys.executable, "-c", program, "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    return subprocess.run(
        arguments, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_each_package_imports_only_those_below_it() -> None:
    done = contracts(ROOT)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert "1 kept, 0 broken" in done.stdout


def test_an_import_the_wrong_way_is_found(tmp_path: Path) -> None:
    for path in SOURCES:
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    with (tmp_path / "zbanalysis/plan/kinds.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndef late():\n    from zbanalysis.report import words as labels\n")
    done = contracts(tmp_path)
    assert done.returncode == 1
    assert "zbanalysis.plan.kinds -> zbanalysis.report.words" in done.stdout


# --- files are read and written in one place ---

FILE_WORK = {
    "open", "os.open", "os.replace", "os.rename", ".open", ".read_text", ".read_bytes", ".write_text", ".write_bytes",
    ".unlink", ".rmdir", ".symlink_to", "shutil.copyfile", "shutil.copy", "shutil.copytree", "shutil.move", "shutil.rmtree",
}  # fmt: skip
OWN_FILES = {
    "zbanalysis/cli/__init__.py": "the null device",
    "zbanalysis/data/files.py": "the one place",
    "zbanalysis/data/schema.py": "the package's schema",
    "zbanalysis/errors.py": "the package's sentences",
    "zbanalysis/entry/folder.py": "a folder that is not there yet, moved to its place when whole",
    "zbanalysis/entry/intake.py": "a copy of the folder, to try an import on",
    "zbanalysis/projection/base_rates.py": "the package's calibration",
    "zbanalysis/projection/build.py": "the package's calibration",
    "zbanalysis/projection/domain.py": "the package's calibration",
    "zbanalysis/projection/fan.py": "the package's calibration",
    "zbanalysis/projection/reference.py": "the package's calibration",
    "zbanalysis/report/pdf.py": "the package's template",
    "zbanalysis/report/results.py": "a result file while it grows",
    "zbanalysis/report/word.py": "the package's template",
    "zbanalysis/report/words.py": "the package's words",
    "zbanalysis/runs/batch.py": "the summary of an output folder, a worker's folder",
    "zbanalysis/runs/committed.py": "the project's notebooks",
    "zbanalysis/runs/current.py": "records of an output folder, the folder under its lock",
    "zbanalysis/runs/fingerprint.py": "what is fingerprinted, as bytes",
    "zbanalysis/runs/jobs.py": "a kernel's folder, made for it",
    "zbanalysis/runs/lab.py": "copies of the notebooks",
    "zbanalysis/runs/notify.py": "an address, no file",
    "zbanalysis/runs/report.py": "a kernel's output",
    "zbanalysis/runs/warm.py": "the fork server's own",
}
"""Where files are handled beside `data.files`, and whose they are: none that a user hands in."""


def file_work(text: str) -> list[str]:
    """Calls that open, write, move or delete files."""
    calls = (node.func for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    return [
        f"line {one.lineno}: {ast.unparse(one)}"
        for one in calls
        if ast.unparse(one) in FILE_WORK or f".{getattr(one, 'attr', '')}" in FILE_WORK
    ]


@pytest.mark.parametrize("path", [one for one in SOURCES if name_of(one) not in OWN_FILES], ids=name_of)
def test_a_users_files_are_read_and_written_in_one_place(path: Path) -> None:
    none([f"{name_of(path)}, {one}: use zbanalysis.data.files" for one in file_work(path.read_text("utf-8"))])


def test_file_work_is_found() -> None:
    assert len(file_work("open(p)\np.read_text()\nos.replace(a, b)\nPath(p).open()\nshutil.rmtree(p)")) == 5
    assert not file_work("text.replace('a', 'b')\nframe.rename(columns={})\nfiles.read(path)")


# --- importing does nothing ---


def is_program(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)


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
    wide = [number for number, line in enumerate(text.splitlines(), start=1) if len(line) > LONGEST_LINE]
    return (
        [f"{where}: line {number} is longer than {LONGEST_LINE} characters" for number in wide]
        + [
            f"{where}: {name} has {length} lines beside its docstring, more than {LONGEST_FUNCTION}"
            for name, length in lengths.items()
            if length > LONGEST_FUNCTION
        ]
        + ([f"{where} has {lines} lines, more than {LONGEST_FILE}"] if lines > LONGEST_FILE else [])
    )


def docstring_lines(node: ast.FunctionDef) -> int:
    first = node.body[0]
    return (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(node) is not None else 0


def none(problems: list[str]) -> None:
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)


WORKS_WHEN_IMPORTED = {"zbanalysis/runs/preload.py"}
"""What the fork server imports; it does nothing elsewhere, see `test_importing_everything_changes_nothing`."""


@pytest.mark.parametrize(
    "path", [one for one in SOURCES if name_of(one) not in WORKS_WHEN_IMPORTED], ids=name_of
)
def test_importing_does_nothing(path: Path) -> None:
    none(effect_problems(name_of(path), ast.parse(path.read_text("utf-8"))))


def test_the_packages_top_can_be_taken_in_at_a_glance() -> None:
    names = {path.relative_to(PACKAGE).parts[0] for path in PACKAGE.rglob("*") if path.suffix != ".pyc"}
    assert len(names - {"__pycache__"}) <= MOST_NAMES
    assert len(SOURCES) <= MOST_FILES


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_files_and_functions_stay_short(path: Path) -> None:
    none(length_problems(name_of(path), path.read_text("utf-8")))


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
    assert length_problems("plan.py", "x" * (LONGEST_LINE + 1)) == [
        "plan.py: line 1 is longer than 110 characters"
    ]


# --- what importing loads ---

LOADS = {
    "matplotlib": "matplotlib.figure",
    "seaborn": "seaborn",
    "statsmodels": "statsmodels.base.model",
    "papermill": "papermill",
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


def modules(*packages: str) -> list[str]:
    """Every module below these packages of ours; without any, all of them."""
    return [
        module_of(path)
        for path in SOURCES
        if path.name != "__main__.py" and (not packages or path.relative_to(PACKAGE).parts[0] in packages)
    ]


def test_importing_zbanalysis_loads_nothing_slow(tmp_path: Path) -> None:
    assert probe(["zbanalysis"], tmp_path)["loaded"] == []


def test_the_command_line_starts_quickly(tmp_path: Path) -> None:
    """``--help`` and a wrong option answer at once; each command imports what it needs."""
    assert probe(["zbanalysis.__main__"], tmp_path)["loaded"] == []


def test_numbers_know_no_words_and_no_pictures(tmp_path: Path) -> None:
    assert set(probe(modules(*NUMBERS), tmp_path)["loaded"]) <= {"statsmodels"}


def test_importing_everything_changes_nothing(tmp_path: Path) -> None:
    assert probe(modules(), tmp_path)["changed"] == []

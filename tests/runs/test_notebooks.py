"""The committed notebooks: thin, parameterised, bilingual, in canonical form."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import nbformat
import pytest

from zbanalysis.data import files
from zbanalysis.runs import committed, jobs, notebooks

BOOKS = sorted(files.NOTEBOOKS.glob("*.ipynb"))
RUN = [path for path in BOOKS if path.stem in {*jobs.PLAN_NOTEBOOKS, *jobs.AREA_NOTEBOOKS}]
THIN = [*RUN, files.NOTEBOOKS / "00_explore.ipynb"]
"""The rules of a cell hold for the explorer too; it is for people, so it publishes nothing."""
HAN = re.compile(r"[\u4e00-\u9fff]")
UNWANTED = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If,
    ast.Try, ast.With,
    ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp, ast.BinOp, ast.Compare,
)  # fmt: skip
SOURCE_LINES = 30


def name(path: Path) -> str:
    return path.stem


def code(book: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in book.cells if cell.cell_type == "code"]


def test_the_notebooks_of_the_report_are_there():
    assert {path.stem for path in RUN} == {*jobs.PLAN_NOTEBOOKS, *jobs.AREA_NOTEBOOKS}


@pytest.mark.parametrize("path", BOOKS, ids=name)
def test_committed_as_the_canonical_form_makes_it(path):
    """Outputs only where nbval checks them or a chart is shown; no times, no ids of runs; counts as a plain run gives them."""
    found = nbformat.read(path, as_version=4)
    assert json.loads(json.dumps(found)) == json.loads(json.dumps(committed.canonical(found)))
    counts = [
        number
        for number, cell in enumerate(code(found), start=1)
        if {committed.CHECKED, committed.SHOWN} & set(cell.metadata.get("tags", []))
    ]
    assert [cell.execution_count for cell in code(found) if cell.execution_count] == counts


@pytest.mark.parametrize("path", RUN, ids=name)
def test_something_is_checked_and_a_checked_cell_shows_something(path):
    checked = [
        cell
        for cell in code(nbformat.read(path, as_version=4))
        if committed.CHECKED in cell.metadata.get("tags", [])
    ]
    assert checked
    assert all(cell.outputs and cell.execution_count for cell in checked)
    assert all(output.output_type != "stream" for cell in checked for output in cell.outputs)


def unwanted(source: str) -> list[str]:
    # folder or data.DATA chooses a default; `or` is no decision on a value.
    return [type(node).__name__ for node in ast.walk(ast.parse(source)) if isinstance(node, UNWANTED)]


@pytest.mark.parametrize("path", THIN, ids=name)
def test_a_cell_chooses_calls_shows_and_decides_nothing(path):
    assert {
        cell.id: unwanted(cell.source)
        for cell in code(nbformat.read(path, as_version=4))
        if unwanted(cell.source)
    } == {}


@pytest.mark.parametrize(
    "source",
    ["def f(): pass", "for x in y: pass", "if a: b()", "[f(x) for x in y]", "a = b * 100", "f(lambda x: x)"],
)
def test_what_belongs_in_the_library_would_be_found(source):
    assert unwanted(source)


@pytest.mark.parametrize("path", THIN, ids=name)
def test_cells_are_few_and_short(path):
    cells = code(nbformat.read(path, as_version=4))
    assert len(cells) <= 20
    assert max(cell.source.count("\n") + 1 for cell in cells) <= SOURCE_LINES


@pytest.mark.parametrize("path", THIN, ids=name)
def test_one_parameters_cell_stands_first_and_every_line_says_type_default_and_help(path):
    found = nbformat.read(path, as_version=4)
    tagged = [cell for cell in found.cells if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    assert code(found)[0] == tagged[0]
    declared = notebooks.parameters(path)
    assert len(declared) == len(tagged[0].source.splitlines())
    assert {"as_of", "lang"} <= set(declared)
    assert {"plan", "area"} & set(declared)
    assert ("result" in declared) == (path in RUN)
    values: dict[str, object] = {}
    exec(tagged[0].source, values)
    notebooks.check_parameters(path, {key: values[key] for key in declared})
    assert values.get("result", "") == ""


@pytest.mark.parametrize("path", THIN, ids=name)
def test_title_and_question_come_in_chinese_then_in_english(path):
    first = nbformat.read(path, as_version=4).cells[0]
    assert first.cell_type == "markdown"
    # Of the panel's page the title is the question, small and in one line: the panel below is to be seen whole.
    small = path.stem == "00_explore"
    titles = [line for line in first.source.splitlines() if line.startswith("### " if small else "# ")]
    if small:
        titles = titles[0].split(" · ")
        chinese, english = titles
    else:
        chinese, english = first.source.split(titles[1])
    assert len(titles) == 2
    assert HAN.search(titles[0])
    assert not HAN.search(titles[1])
    assert "？" in chinese
    assert "?" in english
    assert not HAN.search(english)


@pytest.mark.parametrize("path", THIN, ids=name)
def test_every_text_speaks_both_languages(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            assert HAN.search(cell.source)
            assert re.search(r"[A-Za-z]{4,}", cell.source)


@pytest.mark.parametrize("path", RUN, ids=name)
def test_the_last_cell_publishes_under_the_notebooks_own_name(path):
    last = nbformat.read(path, as_version=4).cells[-1]
    assert last.cell_type == "code"
    calls = [node for node in ast.walk(ast.parse(last.source)) if isinstance(node, ast.Call)]
    publish = next(call for call in calls if getattr(call.func, "attr", "") == "publish")
    assert ast.unparse(publish.args[0]) == "result"
    assert publish.args[1].value == path.stem


CHARTS = {
    "01_indicators": ["completion-chart", "paths-chart", "rules-chart"],
    "02_trends": ["chart"],
    "03_feasibility": ["fan-chart"],
    "04_backtest": ["reliability-chart"],
    "06_survey": ["chart"],
    "07_cost_benefit": ["funds-chart"],
    "11_area_trends": ["chart"],
    "12_area_outlook": ["chart"],
    "13_area_yardstick": ["chart", "ranks-chart"],
    "first_steps": ["cell-17"],
}
"""The cells that nbval passes over; what they draw is checked in tests/report/test_charts.py."""


@pytest.mark.parametrize("path", BOOKS, ids=name)
def test_only_charts_are_passed_over_and_each_is_kept_as_a_small_picture_with_words(path):
    book = nbformat.read(path, as_version=4)
    seen = [cell for cell in code(book) if committed.SHOWN in cell.metadata.get("tags", [])]
    assert [cell.id for cell in seen] == CHARTS.get(path.stem, [])
    for cell in seen:
        (output,) = cell.outputs
        assert set(output.data) == {"image/png", "text/plain"}
        assert output.metadata["image/png"]["alt"].startswith("Chart: ")
    assert len(path.read_bytes()) < 200_000
    pictures = [data for cell in code(book) for out in cell.outputs for data in out.get("data", {})]
    assert pictures.count("image/png") == len(seen)


@pytest.mark.parametrize("path", [*RUN, files.NOTEBOOKS / "first_steps.ipynb"], ids=name)
def test_a_notebook_teaches(path):
    """Prose about as long as code, a formula, a link to its method that leads somewhere, a figure by hand.

    A page of nbconvert fetches MathJax; without a network a formula stands there as it is written.
    """
    book = nbformat.read(path, as_version=4)
    prose = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    source = "\n".join(cell.source for cell in code(book))
    assert len(prose) > 0.5 * len(source)
    assert "$$" in prose
    assert not re.search(r"\\(frac|left|right|[lg]eq?|pm)\b", prose)
    links = re.findall(r"\]\((\.\./docs/methods[^)]*)\)", prose)
    assert links
    assert all((path.parent / link).is_file() for link in re.findall(r"\]\((\.\./[^)]*)\)", prose))
    assert "lessons.worked(" in source or "by_hand" in source


def test_canonical_leaves_the_given_book_alone_and_drops_what_churns():
    from nbformat.v4 import new_code_cell, new_notebook, new_output

    kept = new_code_cell(
        "1", id="kept", execution_count=2, metadata={"tags": [committed.CHECKED], "execution": {"t": "12:00"}}
    )
    kept.outputs = [new_output("execute_result", {"text/plain": "1"}, execution_count=2)]
    bare = new_code_cell("2", id="bare", execution_count=3, outputs=[new_output("stream", text="x")])
    injected = new_code_cell("plan = 1", id="x9", metadata={"tags": ["injected-parameters"]})
    given = new_notebook(cells=[injected, kept, bare], metadata={"papermill": {"duration": 1}})
    before = json.dumps(given, sort_keys=True)
    clean = committed.canonical(given)
    assert json.dumps(given, sort_keys=True) == before
    assert [cell.id for cell in clean.cells] == ["kept", "bare"]
    assert clean.cells[0].metadata == {"tags": [committed.CHECKED]}
    assert clean.cells[0].outputs[0]["data"]["text/plain"] == "1"
    assert (clean.cells[1].outputs, clean.cells[1].execution_count) == ([], None)
    assert "papermill" not in clean.metadata
    assert committed.canonical(clean) == clean


def test_refreshing_runs_the_book_and_writes_it_as_jupyter_does(tmp_path):
    """Sources are lists of lines, as git diffs want them; only a checked cell keeps its output."""
    given = json.loads((Path(__file__).with_name("samples") / "good.ipynb").read_text("utf-8"))
    given["cells"][-1]["metadata"]["tags"] = [committed.CHECKED]
    book = tmp_path / "good.ipynb"
    book.write_text(json.dumps(given), "utf-8")
    committed.refresh(book)
    found = json.loads(book.read_text("utf-8"))
    last = found["cells"][-1]
    assert "not published" in "".join(last["outputs"][0]["data"]["text/plain"])
    assert last["execution_count"] == last["outputs"][0]["execution_count"] == 2
    assert [cell["id"] for cell in found["cells"]] == [cell["id"] for cell in given["cells"]]
    assert found["cells"][1]["execution_count"] is None
    assert [cell["source"] for cell in found["cells"]] == [cell["source"] for cell in given["cells"]]
    assert book.read_bytes().endswith(b"}\n")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_changed_figure_is_told_by_indicator_column_both_figures_and_what_to_do(lang, data_copy):
    """703 firms become 713 in the data; the near miss: nothing changed, nothing is told."""
    from notebook_differences import explain

    from zbanalysis.data import package
    from zbanalysis.plan import progress
    from zbanalysis.report import lessons
    from zbanalysis.report.chapters.indicators import completion_columns

    def page() -> str:
        found = progress.progress(package.load(data_copy), "zibo-13", "2022-04-19")
        return lessons.table(found, lang, completion_columns(found))._repr_html_()

    before = page()
    file = data_copy / "observations.csv"
    text = file.read_text("utf-8")
    old = next(line for line in text.splitlines() if re.match(r"zibo,hightech_enterprises,2020,703,", line))
    file.write_text(text.replace(old, old.replace(",703,", ",713,")), "utf-8")
    told = explain("completion-table", "text/html", before, page())
    assert "indicator " + {"zh": "高新技术企业数", "en": "Certified high-tech enterprises"}[lang] in told
    column = {"zh": "当期值（时点）", "en": "Latest (period)"}[lang]
    (line,) = [line for line in told.splitlines() if f"column {column}:" in line]
    assert re.search(r"expected 703\D.*, got 713\D", line)
    assert "make notebooks" in told
    assert "column" not in explain("completion-table", "text/html", before, before)


def test_a_failing_notebook_cell_says_so_under_nbval(tmp_path, root):
    """A committed figure spoilt: the real plugin, the real notebook's cell, in a process of its own."""
    import subprocess
    import sys

    from nbformat.v4 import new_code_cell, new_notebook, new_output

    table = "from zbanalysis.report import lessons\nimport pandas as pd\n"
    table += 'lessons.table(pd.DataFrame({"Indicator": ["Firms"], "Latest": ["713"]}), "en")'
    cell = new_code_cell(table, id="one", execution_count=1, metadata={"tags": [committed.CHECKED]})
    shown = {}
    exec(table.replace("lessons.table", "shown = lessons.table").replace("713", "703"), shown)
    data = {"text/html": shown["shown"]._repr_html_(), "text/plain": repr(shown["shown"])}
    cell.outputs = [new_output("execute_result", data, execution_count=1)]
    book = new_notebook(cells=[cell], metadata={"kernelspec": committed.KERNEL})
    nbformat.write(book, tmp_path / "spoilt.ipynb")
    made = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--rootdir", str(root), "-c", str(root / "pyproject.toml"),
         "--confcutdir", str(root), str(root / "conftest.py"), str(tmp_path / "spoilt.ipynb")],
        capture_output=True, text=True, check=False, cwd=root,
    )  # fmt: skip
    assert made.returncode == 1
    assert "indicator Firms, column Latest: expected 703, got 713" in made.stdout


def test_a_book_that_fails_is_left_as_it_was(tmp_path):
    from zbanalysis.errors import ZbError

    book = tmp_path / "raises.ipynb"
    book.write_bytes((Path(__file__).with_name("samples") / "raises.ipynb").read_bytes())
    before = book.read_bytes()
    with pytest.raises(ZbError, match="the year 2016 is missing"):
        committed.refresh(book)
    assert book.read_bytes() == before

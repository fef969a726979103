"""Runs: strict parameters before a kernel starts; only what ran to its end and published counts; evidence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from zbanalysis.data import files
from zbanalysis.errors import InfrastructureError, InputError, ZbError
from zbanalysis.report import results
from zbanalysis.runs import notebooks, warm

KERNELSPEC = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
SAMPLES = Path(__file__).with_name("samples")


def run(name: str, folder: Path, given: dict | None = None, *, publish: bool = True) -> Path:
    result = folder / "result.json"
    notebooks.execute(
        SAMPLES / f"{name}.ipynb", given or {}, result if publish else None, folder / "executed.ipynb"
    )
    return result


def one_sentence(error: ZbError) -> str:
    text = str(error)
    assert "\n" not in text
    assert "Traceback" not in text
    assert text.endswith((".", ".ipynb"))
    return text


@pytest.fixture
def no_kernel(monkeypatch):
    import nbclient

    def started(*_, **__):
        pytest.fail("a kernel was started")

    monkeypatch.setattr(nbclient.NotebookClient, "__init__", started)
    monkeypatch.setattr(warm, "Forked", started)


def book(
    folder: Path, *cells: str, name: str = "made", parameters: str = 'plan: str = "p"  # a plan'
) -> Path:
    """A notebook of a parameters cell and these."""
    path = folder / f"{name}.ipynb"
    first = new_code_cell(
        f'{parameters}\nresult: str = ""  # result file', id="first", metadata={"tags": ["parameters"]}
    )
    rest = [new_code_cell(cell, id=f"cell-{number}") for number, cell in enumerate(cells)]
    nbformat.write(new_notebook(cells=[first, *rest], metadata=KERNELSPEC), path)
    return path


PUBLISH = "from zbanalysis.report import results\nresults.publish(result, 'made', {'plan': plan}, {})"


def test_parameters_are_read_with_their_types_and_help():
    found = notebooks.parameters(SAMPLES / "good.ipynb")
    assert found["plan"] == ("str", "plan to evaluate")
    assert {name: kind for name, (kind, _) in found.items()} == {
        "plan": "str", "share": "float", "years": "int", "strict": "bool", "result": "str",
    }  # fmt: skip


@pytest.mark.usefixtures("no_kernel")
@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"plna": "zibo-13"},
            r"good\.ipynb has no parameter 'plna'; it has plan, share, years, strict, result\.",
        ),
        ({"plan": 13}, r"parameter 'plan' is 13; it must be of type str"),
        ({"plan": None}, r"parameter 'plan' is None; it must be of type str"),
        ({"years": 2.5}, r"parameter 'years' is 2\.5; it must be of type int"),
        ({"years": True}, r"parameter 'years' is True; it must be of type int"),
        ({"years": "5"}, r"parameter 'years' is '5'; it must be of type int"),
        ({"share": "a half"}, r"parameter 'share' is 'a half'; it must be of type float"),
        ({"strict": 1}, r"parameter 'strict' is 1; it must be of type bool"),
    ],
)
def test_unknown_and_ill_typed_parameters_are_refused_before_a_kernel_starts(tmp_path, given, message):
    with pytest.raises(InputError, match=message) as caught:
        run("good", tmp_path, given)
    one_sentence(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_whole_number_is_a_number():
    notebooks.check_parameters(SAMPLES / "good.ipynb", {"share": 1, "years": 3, "strict": False})


@pytest.mark.usefixtures("no_kernel")
def test_a_notebook_without_a_parameters_cell_is_refused(tmp_path):
    with pytest.raises(
        ZbError, match=r"no_parameters\.ipynb has 0 cells tagged 'parameters'; it needs one"
    ) as caught:
        run("no_parameters", tmp_path)
    one_sentence(caught.value)


@pytest.mark.usefixtures("no_kernel")
def test_a_parameter_line_without_type_and_help_is_refused(tmp_path):
    with pytest.raises(
        ZbError, match=r"bad_parameter_line\.ipynb: the parameter line 'plan = \"zibo-13\"' is not"
    ) as caught:
        run("bad_parameter_line", tmp_path)
    one_sentence(caught.value)


@pytest.mark.usefixtures("no_kernel")
@pytest.mark.parametrize("content", [None, "no notebook at all"])
def test_a_notebook_that_cannot_be_read_is_one_sentence(tmp_path, content):
    book = tmp_path / "lost.ipynb"
    if content is not None:
        book.write_text(content, "utf-8")
    with pytest.raises(ZbError, match=r"lost\.ipynb"):
        notebooks.execute(book, {}, None, tmp_path / "executed.ipynb")


def test_a_good_notebook_publishes_what_it_was_given(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "mine"))
    result = run("good", tmp_path, {"plan": "zibo-14", "share": 0.25})
    part = results.read(result)["sections"]["good"]
    assert part["parameters"] == {"plan": "zibo-14"}
    assert part["facts"] == {"share": 0.25}
    assert (tmp_path / "executed.ipynb").exists()
    assert os.environ["PYTHONPATH"] == str(tmp_path / "mine")


def test_a_notebook_that_leaves_early_is_no_success(tmp_path):
    with pytest.raises(
        ZbError, match=r"leaves_early\.ipynb stopped early: cell 4 never ran; see .*executed\.ipynb"
    ) as caught:
        run("leaves_early", tmp_path)
    one_sentence(caught.value)
    assert not (tmp_path / "result.json").exists()


def test_a_cell_that_raises_is_named_with_its_cause_and_the_evidence_is_kept(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    with pytest.raises(
        ZbError, match=r"raises\.ipynb failed in cell \d+: ValueError: the year 2016 is missing"
    ) as caught:
        run("raises", tmp_path)
    text = str(caught.value)
    assert text.endswith("; see " + str(tmp_path / "executed.ipynb") + ".\nand more on a second line")
    evidence = (tmp_path / "executed.ipynb").read_text("utf-8")
    assert "the year 2016 is missing" in evidence
    assert "before" in evidence
    assert str(tmp_path / "executed.ipynb") in text
    assert "PYTHONPATH" not in os.environ


def test_the_number_of_a_failing_cell_is_that_of_the_notebook_a_person_opens(tmp_path):
    """The run adds a cell of its own; the raising cell is the fourth of the committed notebook."""
    with pytest.raises(ZbError, match=r"raises\.ipynb failed in cell 4"):
        run("raises", tmp_path)


def test_a_notebook_that_publishes_nothing_is_no_success(tmp_path):
    with pytest.raises(ZbError, match=r"silent\.ipynb ran but published no section 'silent'") as caught:
        run("silent", tmp_path)
    one_sentence(caught.value)


def test_a_missing_parameter_is_refused_where_all_must_be_given(no_kernel, tmp_path):
    given = {"plan": "zibo-14", "share": 0.5, "years": 5}
    with pytest.raises(InputError, match=r"good\.ipynb: the parameter 'strict' is missing \(strict or not\)"):
        notebooks.execute(SAMPLES / "good.ipynb", given, None, tmp_path / "executed.ipynb", complete=True)
    assert list(tmp_path.iterdir()) == []
    notebooks.check_parameters(SAMPLES / "good.ipynb", {**given, "strict": True}, complete=True)


def test_an_earlier_result_is_no_excuse_for_publishing_nothing(tmp_path):
    """Another notebook's section in the same file is not this one's."""
    result = tmp_path / "result.json"
    results.write(result, {"format": results.FORMAT, "sections": {"other": {}}})
    with pytest.raises(ZbError, match="published no section 'made'"):
        notebooks.execute(book(tmp_path, "x = 1"), {}, result, tmp_path / "executed.ipynb")


@pytest.mark.parametrize(
    "leave", ["import os; os._exit(0)", "raise SystemExit", "import sys; sys.exit(None)"]
)
def test_leaving_with_success_in_any_way_is_no_success(tmp_path, leave):
    # A kernel that ends by os._exit may take the word that it had begun its cell with it.
    with pytest.raises(ZbError, match=r"made\.ipynb stopped early: cell [23] never ran") as caught:
        notebooks.execute(
            book(tmp_path, leave, PUBLISH), {}, tmp_path / "r.json", tmp_path / "executed.ipynb"
        )
    assert not isinstance(caught.value, InfrastructureError)
    one_sentence(caught.value)


def test_leaving_with_failure_names_the_cell(tmp_path):
    with pytest.raises(ZbError, match=r"made\.ipynb failed in cell 2: SystemExit: 3"):
        notebooks.execute(book(tmp_path, "import sys; sys.exit(3)", PUBLISH), {}, None, tmp_path / "e.ipynb")


def test_a_kernel_that_dies_is_tried_again_and_a_lasting_fault_is_told(tmp_path):
    """The first two kernels are killed; the third gets to the end."""
    tally = tmp_path / "tally"
    dying = (
        "import os, signal\n"
        f"path = {str(tally)!r}\n"
        "so_far = open(path).read() if os.path.exists(path) else ''\n"
        "open(path, 'w').write(so_far + 'x')\n"
        "len(so_far) < TIMES and os.kill(os.getpid(), signal.SIGKILL)"
    )
    twice = book(tmp_path, dying.replace("TIMES", "2"), PUBLISH)
    notebooks.execute(twice, {}, tmp_path / "r.json", tmp_path / "executed.ipynb")
    assert tally.read_text() == "xxx"
    assert "made" in results.read(tmp_path / "r.json")["sections"]
    tally.unlink()
    always = book(tmp_path, dying.replace("TIMES", "9"), PUBLISH)
    with pytest.raises(InfrastructureError, match=r"made\.ipynb: its kernel died in cell 2") as caught:
        notebooks.execute(always, {}, tmp_path / "r2.json", tmp_path / "executed.ipynb")
    assert tally.read_text() == "xxx"
    assert str(tmp_path / "executed.ipynb") in one_sentence(caught.value)


def test_a_mistake_of_the_notebook_is_not_tried_again(tmp_path):
    tally = tmp_path / "tally"
    wrong = book(tmp_path, f"open({str(tally)!r}, 'a').write('x')", "1 / 0")
    with pytest.raises(ZbError, match=r"made\.ipynb failed in cell 3: ZeroDivisionError: division by zero"):
        notebooks.execute(wrong, {}, None, tmp_path / "executed.ipynb")
    assert tally.read_text() == "x"


def test_the_time_limit_ends_a_notebook_with_all_it_started(tmp_path, gone):
    child = tmp_path / "child"
    hangs = book(
        tmp_path,
        "import subprocess, time\n"
        "process = subprocess.Popen(['sleep', '600'])\n"
        f"open({str(child)!r}, 'w').write(str(process.pid))\n"
        "time.sleep(600)",
        "never = 1",
    )
    for limit in (3, 20, 100):  # a busy machine may take longer to come to the cell
        with pytest.raises(ZbError, match=rf"made\.ipynb took longer than {limit} seconds") as caught:
            notebooks.execute(hangs, {}, None, tmp_path / "executed.ipynb", limit=limit)
        if child.exists() and child.read_text():
            break
    assert "was ended in cell 2" in str(caught.value)
    assert str(tmp_path / "executed.ipynb") in one_sentence(caught.value)
    assert nbformat.read(tmp_path / "executed.ipynb", as_version=4).cells[0].execution_count == 1
    assert gone(int(child.read_text()))


def test_the_evidence_is_the_same_bytes_and_names_no_place_of_this_machine(tmp_path):
    made = []
    for number in (1, 2):
        place = tmp_path / str(number)
        place.mkdir()
        source = book(place, PUBLISH, "object()", "plan")
        notebooks.execute(source, {"plan": "zibo"}, place / "result.json", place / "executed.ipynb")
        made.append((place / "executed.ipynb").read_bytes())
    assert made[0] == made[1]
    assert str(tmp_path).encode() not in made[0]
    assert b'plan = \\"zibo\\"' in made[0]
    found = nbformat.reads(made[0].decode(), as_version=4)
    nbformat.validate(found)
    assert found.cells[-2].outputs[0]["data"]["text/plain"] == "<object>"
    assert found.cells[-1].outputs[0]["data"]["text/plain"] == "'zibo'"


def test_a_value_with_quotes_and_lines_arrives_as_it_is(tmp_path):
    odd = "a \"quoted\" 'text'\nof two lines \\ 淄博"
    notebooks.execute(
        book(tmp_path, PUBLISH), {"plan": odd}, tmp_path / "r.json", tmp_path / "executed.ipynb"
    )
    assert results.read(tmp_path / "r.json")["sections"]["made"]["parameters"] == {"plan": odd}


# --- the notebooks stay papermill's ---


def test_a_committed_notebook_runs_by_papermills_own_means(tmp_path, monkeypatch):
    """What `papermill notebooks/06_survey.ipynb` does for a user; and publishes what our run does."""
    import papermill

    monkeypatch.setenv("PYTHONPATH", str(files.ROOT))
    source, section = files.NOTEBOOKS / "06_survey.ipynb", "06_survey"
    given = {"plan": "zibo-13", "as_of": "2020-08-10"}
    papermill.execute_notebook(
        source, tmp_path / "theirs.ipynb", {**given, "result": str(tmp_path / "theirs.json")},
        cwd=files.NOTEBOOKS, progress_bar=False, kernel_name="python3",
    )  # fmt: skip
    notebooks.execute(source, given, tmp_path / "ours.json", tmp_path / "ours.ipynb")
    theirs, ours = (results.read(tmp_path / f"{one}.json")["sections"] for one in ("theirs", "ours"))
    assert theirs == ours
    assert theirs[section]["parameters"] == given


def test_the_parameters_are_those_that_papermill_sees():
    import papermill

    for path in sorted(files.NOTEBOOKS.glob("[0-9]*_*.ipynb")):
        if path.stem != "00_explore":
            assert set(papermill.inspect_notebook(path)) == set(notebooks.parameters(path)), path.name


def test_reading_a_notebook_loads_no_grammar_of_addresses():
    code = (
        "import pathlib, sys; from zbanalysis.data import files; from zbanalysis.runs import notebooks;"
        "notebooks.parameters(files.NOTEBOOKS / '11_area_trends.ipynb');"
        "sys.exit('rfc3987_syntax' in sys.modules or 'nbformat' not in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=files.ROOT, check=True)

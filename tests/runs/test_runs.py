"""Runs: strict parameters before a kernel starts; only what ran to its end and published counts; keys, records."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from zbanalysis.data import files
from zbanalysis.errors import InfrastructureError, InputError, ZbError
from zbanalysis.report import results
from zbanalysis.runs import execution, notebooks, warm

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
    start = time.monotonic()
    with pytest.raises(
        ZbError, match=r"made\.ipynb took longer than 3 seconds and was ended in cell 2"
    ) as caught:
        notebooks.execute(hangs, {}, None, tmp_path / "executed.ipynb", limit=3)
    assert time.monotonic() - start < 60
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


# --- keys ---


def parts(folder: Path, source: str = "x = 1", given: dict | None = None, files: dict | None = None) -> dict:
    return execution.of_notebook(book(folder, source), given or {"plan": "p"}, files or {"a.csv": b"1"})


def test_the_key_hangs_on_everything_that_goes_in(tmp_path, monkeypatch):
    first = parts(tmp_path)
    assert first == parts(tmp_path)
    library = sys.modules["zbanalysis.runs.execution.library"]
    found = [
        first,
        parts(tmp_path, given={"plan": "q"}),
        parts(tmp_path, files={"a.csv": b"2"}),
        parts(tmp_path, files={"b.csv": b"1"}),
        parts(tmp_path, "x = 2"),
        parts(tmp_path, "from zbanalysis import errors"),
        {**first, "environment": {"python": "2.7"}},
    ]
    monkeypatch.setattr(library, "digests", lambda: {"__init__.py": "1", "errors.py": "2"})
    found.append(parts(tmp_path, "from zbanalysis import errors"))
    keys = [execution.key(one) for one in found]
    assert len(set(keys)) == len(found)
    assert all(re.fullmatch(r"[0-9a-f]{16}", key) for key in keys)
    assert {"zbanalysis", "pandas", "typst", "papermill"} <= set(execution.versions())


def test_a_parameters_type_counts(tmp_path):
    assert execution.key(parts(tmp_path, given={"years": 5})) != execution.key(
        parts(tmp_path, given={"years": "5"})
    )


def test_the_key_does_not_hang_on_where_the_notebook_lies_or_when_it_was_written(tmp_path):
    keys = set()
    for number in (1, 2):
        place = tmp_path / str(number)
        place.mkdir()
        path = book(place, "x = 1")
        os.utime(path, (number * 1e6, number * 1e6))
        keys.add(execution.key(execution.of_notebook(path, {}, {})))
    assert len(keys) == 1


def test_the_lock_counts_and_without_it_the_versions(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "ROOT", tmp_path)
    keys = sys.modules["zbanalysis.runs.execution.keys"]
    found = []
    for text in ("pandas==2", "pandas==3", None):
        lock = tmp_path / "requirements.txt"
        lock.write_text(text) if text else lock.unlink()
        keys.environment.cache_clear()
        found.append(execution.environment())
    keys.environment.cache_clear()
    assert found[0] != found[1]
    assert "pandas" in found[2]
    assert all(one["python"].startswith("3.") for one in found)


def test_what_changed_is_told_in_words(tmp_path):
    table = b"area,indicator,period,value\nzibo,gdp,2019,%s\nzibo,rd,2019,1\n"
    before = parts(tmp_path, files={"observations.csv": table % b"1", "targets.csv": b"1"})
    assert execution.changed(before, before) == []
    now = parts(tmp_path, "x = 3", files={"observations.csv": table % b"2", "targets.csv": b"2"})
    assert execution.changed(before, now) == [
        "the notebook changed",
        "data changed: observations.csv (zibo gdp), targets.csv",
    ]
    assert execution.changed({}, {"environment": {"python": "3.11"}}) == ["the environment changed: python"]
    added = parts(tmp_path, given={"plan": "p", "years": 5})
    assert execution.changed(parts(tmp_path), added) == ["the parameter years was not given, is 5"]
    many = {"library": {f"{letter}.py": "1" for letter in "abcdef"}}
    assert execution.changed({"library": {}}, many) == [
        "the library changed: a.py, b.py, c.py, d.py and 2 more"
    ]


# --- which code a notebook uses ---


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A library of its own: writes files, and answers which of them a piece of code uses."""
    library = sys.modules["zbanalysis.runs.execution.library"]
    monkeypatch.setattr(files, "ROOT", tmp_path)
    monkeypatch.setattr(files, "CACHE", tmp_path / "cache")
    root = tmp_path / "zbanalysis"
    root.mkdir()
    (root / "__init__.py").write_text("")

    def used(files: dict[str, str], *sources: str) -> dict[str, str]:
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, "utf-8")
        library.digests.cache_clear()
        return execution.used_by(sources)

    yield used
    library.digests.cache_clear()


def test_imports_count_wherever_they_stand_and_whatever_they_import(house):
    files = {
        "a.py": "def f():\n    from zbanalysis import b\n",
        "b.py": "import zbanalysis.c.deep\n",
        "c/__init__.py": "",
        "c/deep.py": "from zbanalysis.d import name\n",
        "d.py": "if TYPE_CHECKING:\n    from zbanalysis import e\n",
        "e.py": "",
        "unrelated.py": "from zbanalysis import a\n",
    }
    expected = ["__init__.py", "a.py", "b.py", "c/__init__.py", "c/deep.py", "d.py", "e.py"]
    assert list(house(files, "import pandas\nfrom zbanalysis import a")) == expected
    assert list(house(files, "zbanalysis.d")) == ["__init__.py", "d.py", "e.py"]
    assert house(files, "import pandas") == {}


def test_an_unrelated_module_changes_nothing_and_a_related_one_does(house):
    files = {"a.py": "from zbanalysis import b", "b.py": "x = 1", "other.py": "x = 1"}
    before = house(files, "from zbanalysis import a")
    assert house({"other.py": "x = 2"}, "from zbanalysis import a") == before
    assert set(house({"b.py": "x = 2"}, "from zbanalysis import a").items()) - set(before.items())
    assert house({"b.py": "x = 1"}, "from zbanalysis import a") == before


def test_an_import_added_to_a_module_is_followed(house):
    """The kept graph is that of these very files, not of those before."""
    before = house({"a.py": "x = 1", "b.py": "x = 1"}, "from zbanalysis import a")
    after = house({"a.py": "from zbanalysis import b"}, "from zbanalysis import a")
    assert "b.py" not in before
    assert "b.py" in after


def test_files_that_a_module_names_count_and_others_do_not(house):
    files = {
        "words.py": 'TEXT = read("words.yml")',
        "words.yml": "a: 1",
        "tables.py": 'files("zbanalysis.projection").joinpath("calibration", name)',
        "calibration/base.csv": "1",
        "entry/example/some.csv": "1",
    }
    assert list(house(files, "from zbanalysis import words")) == ["__init__.py", "words.py", "words.yml"]
    assert list(house(files, "from zbanalysis import tables")) == [
        "__init__.py", "calibration/base.csv", "tables.py",
    ]  # fmt: skip


@pytest.mark.parametrize("spoilt", ["no json", "[]", '{"no such file.py": []}'])
def test_a_spoilt_cache_of_imports_is_made_again(house, tmp_path, spoilt):
    files = {"a.py": "from zbanalysis import b", "b.py": ""}
    before = house(files, "from zbanalysis import a")
    (kept,) = (tmp_path / "cache" / "imports").glob("*.json")
    kept.write_text(spoilt)
    assert house({}, "from zbanalysis import a") == before


def test_each_committed_notebook_uses_what_it_imports_when_it_runs(tmp_path):
    """The near miss of a graph with holes: what a fresh process really loads is in it, and the tables it reads."""
    path = files.NOTEBOOKS / "03_feasibility.ipynb"
    cells = json.loads(path.read_text("utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    program = "\n".join([
        "import sys", *code,
        "print(*(sys.modules[name].__file__ for name in list(sys.modules) if name.split('.')[0] == 'zbanalysis'))",
    ])  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(files.ROOT)},
        capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    package = files.ROOT / "zbanalysis"
    loaded = {Path(name).relative_to(package).as_posix() for name in done.stdout.split()}
    used = execution.used_by(code)
    assert loaded <= set(used)
    assert {
        "report/words/common.yml",
        "projection/calibration/spread.json",
        "projection/calibration/base_rates.csv",
    } <= set(used)
    assert not {"report.py", "batch.py", "cli/__init__.py", "entry/folder.py", "survey.py"} & set(used)


# --- records ---


def test_a_record_comes_back_as_it_was_kept(tmp_path):
    kept = execution.Record({"data": {"a": "1"}}, {"facts": {"字": 1.5}})
    execution.write_record(tmp_path / "r.json", kept)
    assert execution.read_record(tmp_path / "r.json") == kept
    first = (tmp_path / "r.json").read_bytes()
    execution.write_record(tmp_path / "r.json", kept)
    assert (tmp_path / "r.json").read_bytes() == first


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b"1.5", b"1.6"),
        lambda content: content.replace(b'"format": 1', b'"format": 2'),
        lambda _: b"",
        lambda _: b"[]",
        lambda _: b"\xff\xfe",
        lambda _: b'{"format": 1}',
    ],
)
def test_a_damaged_record_is_none(tmp_path, damage):
    path = tmp_path / "r.json"
    execution.write_record(path, execution.Record({"data": {"a": "1"}}, {"facts": 1.5}))
    path.write_bytes(damage(path.read_bytes()))
    assert execution.read_record(path) is None


def test_no_record_is_none(tmp_path):
    assert execution.read_record(tmp_path / "r.json") is None
    assert execution.read_record(tmp_path) is None


def test_reading_a_notebook_loads_no_grammar_of_addresses():
    code = (
        "import pathlib, sys; from zbanalysis.data import files; from zbanalysis.runs import notebooks;"
        "notebooks.parameters(files.NOTEBOOKS / '11_area_trends.ipynb');"
        "sys.exit('rfc3987_syntax' in sys.modules or 'nbformat' not in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=files.ROOT, check=True)

"""Runs: strict parameters before a kernel starts; only what ran to its end and published counts."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from zbanalysis import results, runs
from zbanalysis.errors import InputError, ZbError

SAMPLES = Path(__file__).with_name("samples")


def run(name: str, folder: Path, given: dict | None = None, *, publish: bool = True) -> Path:
    result = folder / "result.json"
    runs.execute(
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
    import papermill

    def started(*_, **__):
        pytest.fail("a kernel was started")

    monkeypatch.setattr(papermill, "execute_notebook", started)


def test_parameters_are_read_with_their_types_and_help():
    found = runs.parameters(SAMPLES / "good.ipynb")
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
    runs.check_parameters(SAMPLES / "good.ipynb", {"share": 1, "years": 3, "strict": False})


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
        runs.execute(book, {}, None, tmp_path / "executed.ipynb")


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
    text = one_sentence(caught.value)
    evidence = (tmp_path / "executed.ipynb").read_text("utf-8")
    assert "the year 2016 is missing" in evidence
    assert "before" in evidence
    assert str(tmp_path / "executed.ipynb") in text
    assert "PYTHONPATH" not in os.environ


def test_the_number_of_a_failing_cell_is_that_of_the_notebook_a_person_opens(tmp_path):
    """Papermill adds cells of its own; the raising cell is the fourth of the committed notebook."""
    with pytest.raises(ZbError, match=r"raises\.ipynb failed in cell 4"):
        run("raises", tmp_path)


def test_a_notebook_that_publishes_nothing_is_no_success(tmp_path):
    with pytest.raises(ZbError, match=r"silent\.ipynb ran but published no section 'silent'") as caught:
        run("silent", tmp_path)
    one_sentence(caught.value)


def test_the_key_hangs_on_everything_that_goes_in(tmp_path):
    book, figures = tmp_path / "a.ipynb", tmp_path / "a.csv"
    book.write_text("1")
    figures.write_text("1")
    first = runs.manifest([book], [figures], {"plan": "p"})
    assert first == runs.manifest([book], [figures], {"plan": "p"})
    keys = {first["key"], runs.manifest([book], [figures], {"plan": "q"})["key"]}
    figures.write_text("2")
    keys.add(runs.manifest([book], [figures], {"plan": "p"})["key"])
    book.write_text("2")
    keys.add(runs.manifest([book], [figures], {"plan": "p"})["key"])
    assert len(keys) == 4
    assert all(re.fullmatch(r"[0-9a-f]{16}", key) for key in keys)
    assert {"zbanalysis", "pandas", "typst", "papermill"} <= set(first["versions"])


def test_the_key_does_not_hang_on_where_the_files_lie_or_when_they_were_written(tmp_path):
    keys = set()
    for number in (1, 2):
        place = tmp_path / str(number)
        place.mkdir()
        (place / "a.csv").write_text("1")
        os.utime(place / "a.csv", (number * 1e6, number * 1e6))
        keys.add(runs.manifest([], [place / "a.csv"], {})["key"])
    assert len(keys) == 1


def test_the_key_hangs_on_the_template_and_the_calibration(root, tmp_path, monkeypatch):
    """Two reports with the same key are the same report: so the template and the tables count."""
    import shutil

    copy = tmp_path / "house"
    shutil.copytree(root / "zbanalysis", copy / "zbanalysis", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(root / "reports" / "template", copy / "reports" / "template")
    monkeypatch.setattr(runs, "ROOT", copy)
    before = runs.manifest([], [], {})["key"]
    calibration = next((copy / "zbanalysis" / "calibration").glob("*.csv"))
    calibration.write_bytes(calibration.read_bytes() + b"\n")
    after = runs.manifest([], [], {})["key"]
    assert after != before
    (copy / "reports" / "template" / "theme.typ").write_text("// changed", "utf-8")
    assert runs.manifest([], [], {})["key"] != after

"""Reports made for real, kernels and PDF included: the same bytes anywhere, the right figures."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from zbanalysis.data import package
from zbanalysis.errors import InputError, ZbError
from zbanalysis.report import results
from zbanalysis.runs import jobs, notebooks, report, warm

PLAN, DAY = "zibo-13", "2020-08-10"
NAME = f"{PLAN}_{DAY}"
FILES = [
    f"{NAME}.json",
    *(f"{NAME}_{lang}.{kind}" for lang in ("en", "zh") for kind in ("docx", "pdf", "xlsx")),
]
needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="poppler-utils (pdftotext) is not installed"
)


JOB = jobs.Job(PLAN, DAY)


def quiet(_: str) -> None: ...


@pytest.fixture(scope="session")
def origin(data_dir) -> report.Source:
    return report.source(data_dir)


@pytest.fixture(scope="session")
def made(tmp_path_factory, origin) -> tuple[Path, report.Outcome, list[str]]:
    """One report in both languages, in this process: its folder, what came of it, the lines said."""
    out, said = tmp_path_factory.mktemp("report") / "new" / "folder", []
    return out, report.build(JOB, origin, ("zh", "en"), out, say=said.append), said


@pytest.fixture(scope="session")
def made_elsewhere(root, tmp_path_factory) -> Path:
    """The same report by the command line: another folder, time zone, locale and hash seed."""
    place = tmp_path_factory.mktemp("elsewhere")
    environment = os.environ | {
        "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONHASHSEED": "1",
        "OMP_NUM_THREADS": "1", "PYTHONPATH": str(root), "SOURCE_DATE_EPOCH": "1", "HOME": str(place),
    }  # fmt: skip
    command = [
        sys.executable,
        "-m",
        "zbanalysis",
        "report",
        "--plan",
        PLAN,
        "--as-of",
        DAY,
        "--out",
        str(place / "reports"),
    ]
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr.decode("utf-8")
    assert done.stderr == b""
    assert f"{NAME}_zh.pdf" in done.stdout.decode("utf-8")
    return place / "reports"


def text_of(path: Path) -> str:
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    return re.sub(r"[\s\u2060]+", "", done.stdout.decode("utf-8"))


def test_result_file_and_both_pdfs_are_written_and_nothing_else(made):
    out, outcome, said = made
    assert sorted(path.name for path in outcome.written) == FILES[1:]
    assert outcome.current == ()
    assert sorted(path.name for path in out.iterdir()) == sorted([*FILES, "runs"])
    assert all((out / name).stat().st_size > 10_000 for name in FILES)
    assert any("01_indicators" in line for line in said)


@pytest.mark.slow
def test_the_same_inputs_give_the_same_bytes_anywhere(made, made_elsewhere):
    for name in FILES:
        assert (made[0] / name).read_bytes() == (made_elsewhere / name).read_bytes(), name


def test_the_result_file_holds_every_notebook_both_charts_and_the_manifest(made):
    content = results.read(made[0] / f"{NAME}.json")
    assert set(content["sections"]) == set(jobs.PLAN_NOTEBOOKS)
    for part in content["sections"].values():
        assert all(set(svgs) == {"zh", "en"} for svgs in part["charts"].values())
    manifest = content["manifest"]
    assert re.fullmatch(r"[0-9a-f]{16}", manifest["key"])
    assert (manifest["as_of"], manifest["data_vintage"]) == (DAY, DAY)
    assert len(results.table(content, "01_indicators", "progress")) == 10
    shown = json.dumps(content)
    assert str(made[0]) not in shown, "no path of this machine belongs in a report"


def test_the_executed_notebooks_are_kept_as_evidence(made):
    for stem in jobs.PLAN_NOTEBOOKS:
        book = nbformat.read(made[0] / "runs" / NAME / f"{stem}.ipynb", as_version=4)
        code = [cell for cell in book.cells if cell.cell_type == "code"]
        assert all(cell.execution_count for cell in code)
        assert any(
            "injected-parameters" in cell.metadata.get("tags", []) and PLAN in cell.source for cell in code
        )


@needs_poppler
@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ["2.63（2018）", "87.5%", "202.3%", "未达到", "42.41", "20.12%",
                "10项目标中6项已达到目标值", "2020年8月10日", "资料来源"]),
        ("en", ["2.63(2018)", "87.5%", "202.3%", "42.41", "20.12%", "6of10", "10August2020"]),
    ],
)  # fmt: skip
def test_the_pdf_shows_the_figures(made, lang, words):
    shown = text_of(made[0] / f"{NAME}_{lang}.pdf")
    assert [word for word in words if word not in shown] == []


@needs_poppler
def test_a_figure_of_another_day_is_not_in_it(made):
    """The near miss: what became known in 2022 has no place in the report of 2020."""
    shown = text_of(made[0] / f"{NAME}_zh.pdf")
    assert "160.65" not in shown
    assert "2022年" not in shown


def test_the_pdf_carries_the_day_of_the_report_and_no_clock(made):
    for lang in ("zh", "en"):
        content = (made[0] / f"{NAME}_{lang}.pdf").read_bytes()
        assert content.startswith(b"%PDF-1.7")
        dates = re.findall(rb"CreationDate ?\(D:(\d{8})|<xmp:CreateDate>([\d-]+)", content)
        assert dates
        assert {(one or other).replace(b"-", b"") for one, other in dates} == {b"20200810"}
        assert b"/MarkInfo" in content
        assert (b"zh" if lang == "zh" else b"en") in re.search(rb"/Lang ?\(([^)]*)\)", content)[1]


def test_the_evidence_is_the_same_anywhere_and_names_no_place(made, made_elsewhere):
    for stem in jobs.PLAN_NOTEBOOKS:
        here, there = (out / "runs" / NAME / f"{stem}.ipynb" for out in (made[0], made_elsewhere))
        assert here.read_bytes() == there.read_bytes(), stem
        assert str(made[0]).encode() not in here.read_bytes()


# --- from here on no kernel: the figures are those of the report above, the pages made up ---


@pytest.fixture
def ready(made, tmp_path) -> Path:
    """A folder with the last good report."""
    return Path(shutil.copytree(made[0], tmp_path / "reports"))


@pytest.fixture
def quick(worker):
    """A stand-in for the work, and the names of the notebooks and languages that it was asked for."""
    asked: list[str] = []

    def perform(order, *arguments):
        asked.extend([*(step.notebook for step in order.steps), *order.formats])
        return worker(order, *arguments)

    perform.asked = asked
    return perform


def unwanted(*_: object) -> None:
    pytest.fail("something was run")


def state(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()
    }


def reasons(origin: report.Source, out: Path, job: jobs.Job = JOB, **given: object) -> dict[str, tuple]:
    return {step: why for step, why in report.explain(job, origin, out=out, **given).items() if why}


def test_what_is_current_is_left_alone(origin, ready):
    before = state(ready)
    outcome = report.build(JOB, origin, out=ready, say=unwanted, perform=unwanted)
    assert outcome.written == ()
    assert sorted(path.name for path in outcome.current) == FILES[1:]
    assert reasons(origin, ready) == {}
    assert state(ready) == before


def test_the_same_is_current_for_another_reader_of_the_same_data(data_copy, ready):
    """Keys hang on contents: a copy of the data elsewhere, written later, changes nothing."""
    assert reasons(report.source(data_copy), ready) == {}
    report.build(JOB, report.source(data_copy), out=ready, say=unwanted, perform=unwanted)


def change(folder: Path, old: str, new: str) -> None:
    path = folder / "observations.csv"
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def test_a_changed_figure_runs_again_what_reads_it_and_explain_says_so_before(data_copy, ready, quick):
    change(data_copy, "zibo,rd_intensity,2018,2.63,", "zibo,rd_intensity,2018,2.62,")
    changed = report.source(data_copy)
    told = reasons(changed, ready)
    assert told["01_indicators"] == ("data changed: observations.csv (zibo rd_intensity)",)
    assert "06_survey" not in told
    assert state(ready) == state(ready)
    outcome = report.build(JOB, changed, out=ready, say=quiet, perform=quick)
    assert set(quick.asked) == set(told) - {"result"}
    assert set(quick.asked) == {*jobs.PLAN_NOTEBOOKS, "zh", "en"} - {"06_survey"}
    assert len(outcome.written) == 6
    assert reasons(changed, ready) == {}


def test_a_figure_published_later_runs_nothing_again(data_copy, ready):
    """The near miss: the same change to a figure that nobody knew on that day."""
    text = (data_copy / "observations.csv").read_text("utf-8")
    late = next(line for line in text.splitlines() if line.startswith("zibo,") and ",zibo-plan-14," in line)
    change(data_copy, late, late + " checked again")
    assert reasons(report.source(data_copy), ready) == {}


@pytest.mark.parametrize("stage", ["fails in a notebook", "fails in the pages"])
def test_a_failure_leaves_the_last_good_report(data_copy, ready, worker, stage):
    change(data_copy, "zibo,rd_intensity,2018,2.63,", "zibo,rd_intensity,2018,2.62,")
    before = {name: (ready / name).read_bytes() for name in FILES}

    def fails(order, place, workers, say, keep):
        (place / "02_trends.ipynb").write_bytes(b"partial")
        if stage == "fails in the pages":
            worker(order, place, workers, say, keep)
            raise ZbError("The report could not be set.")
        raise ZbError(f"02_trends.ipynb failed in cell 4: ValueError: made up; see {place}/02_trends.ipynb.")

    with pytest.raises(ZbError) as caught:
        report.build(JOB, report.source(data_copy), out=ready, say=quiet, perform=fails)
    assert {name: (ready / name).read_bytes() for name in FILES} == before
    assert sorted(path.name for path in ready.iterdir()) == sorted([*FILES, "runs"])
    partial = ready / "runs" / NAME / "02_trends.failed.ipynb"
    if stage == "fails in a notebook":
        assert str(caught.value).endswith(f"made up; see {partial}.")
        assert partial.read_bytes() == b"partial"
    else:
        assert not partial.exists()


def test_what_was_done_before_a_failure_is_not_done_again(data_copy, ready, worker, quick):
    change(data_copy, "zibo,rd_intensity,2018,2.63,", "zibo,rd_intensity,2018,2.62,")
    changed = report.source(data_copy)

    def fails(order, place, workers, say, keep):
        worker(order, place, workers, say, lambda name, one: keep(name, one) if name < "03" else None)
        raise ZbError("made up.")

    with pytest.raises(ZbError, match="made up"):
        report.build(JOB, changed, out=ready, say=quiet, perform=fails)
    assert not {"01_indicators", "02_trends"} & set(reasons(changed, ready))
    report.build(JOB, changed, out=ready, say=quiet, perform=quick)
    assert not {"01_indicators", "02_trends"} & set(quick.asked)
    assert {"03_feasibility", "zh", "en"} <= set(quick.asked)


def test_one_language_leaves_the_other_alone(origin, ready, quick):
    (ready / f"{NAME}_en.pdf").write_bytes(b"kept")
    (ready / f"{NAME}_zh.pdf").unlink()
    assert reasons(origin, ready, languages=("zh",)) == {
        "zh": ("a file is missing or is not as it was written",)
    }
    outcome = report.build(JOB, origin, ("zh",), ready, say=quiet, perform=quick)
    assert quick.asked == ["zh"]
    assert {path.name for path in outcome.written} == {name for name in FILES if "_zh." in name}
    assert (ready / f"{NAME}_en.pdf").read_bytes() == b"kept"


@pytest.mark.parametrize("spoilt", [f"{NAME}.json", f"{NAME}_en.pdf", f"{NAME}_zh.docx"])
def test_a_spoilt_or_lost_file_is_made_again_without_a_notebook(origin, ready, quick, spoilt):
    before = results.read(ready / f"{NAME}.json")
    (ready / spoilt).write_bytes(b"spoilt")
    report.build(JOB, origin, out=ready, say=quiet, perform=quick)
    assert not set(jobs.PLAN_NOTEBOOKS) & set(quick.asked)
    assert (ready / spoilt).read_bytes() != b"spoilt"
    again = results.read(ready / f"{NAME}.json")
    assert again["sections"] == before["sections"]
    assert again["manifest"]["key"] == before["manifest"]["key"]
    assert reasons(origin, ready) == {}


def test_a_damaged_record_runs_its_notebook_again_and_no_other(origin, ready, quick):
    record = ready / "runs" / NAME / "02_trends.json"
    record.write_bytes(record.read_bytes()[:-20])
    assert reasons(origin, ready) == {"02_trends": ("not made yet in this folder, or its record is damaged",)}
    report.build(JOB, origin, out=ready, say=quiet, perform=quick)
    assert quick.asked == ["02_trends"]


def test_another_kind_sets_the_pages_again_and_runs_no_notebook(origin, ready, quick):
    job = jobs.Job(PLAN, DAY, kind="final")
    assert set(reasons(origin, ready, job)) == {"zh", "en"}
    report.build(job, origin, out=ready, say=quiet, perform=quick)
    assert sorted(quick.asked) == ["en", "zh"]


def test_an_edited_word_file_is_kept_beside_the_new_one(data_copy, ready, quick):
    change(data_copy, "zibo,rd_intensity,2018,2.63,", "zibo,rd_intensity,2018,2.62,")
    (ready / f"{NAME}_zh.docx").write_bytes(b"my own words")
    said: list[str] = []
    report.build(JOB, report.source(data_copy), out=ready, say=said.append, perform=quick)
    assert (ready / f"{NAME}_zh.edited-1.docx").read_bytes() == b"my own words"
    assert any(f"{NAME}_zh.edited-1.docx" in line for line in said)


def test_data_changed_during_a_run_are_told_and_run_the_next_time(data_copy, ready, worker, quick):
    change(data_copy, "zibo,rd_intensity,2018,2.63,", "zibo,rd_intensity,2018,2.62,")
    at_start, said = report.source(data_copy), []

    def meanwhile(order, *arguments):
        change(data_copy, "zibo,rd_intensity,2018,2.62,", "zibo,rd_intensity,2018,2.61,")
        return worker(order, *arguments)

    report.build(JOB, at_start, out=ready, say=said.append, perform=meanwhile)
    assert any("the data changed while this was being made" in line for line in said)
    assert reasons(report.source(data_copy), ready)["01_indicators"] == (
        "data changed: observations.csv (zibo rd_intensity)",
    )


def test_kernels_are_given_whole_paths_for_they_run_elsewhere(origin, tmp_path, monkeypatch):
    """A kernel starts in the notebooks' folder: a relative ``--out`` would lead it astray."""
    seen: list[dict] = []

    def look(notebook: Path, given: dict, result: Path, output: Path, **_: object) -> None:
        seen.append({**given, "result": result, "output": output})
        raise ZbError("seen enough.")

    monkeypatch.setattr(notebooks, "execute", look)
    monkeypatch.setattr(warm, "available", lambda: False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ZbError, match="seen enough"):
        report.build(JOB, origin, ("zh",), Path("here"), say=quiet, workers=1)
    assert all(Path(seen[0][name]).is_absolute() for name in ("result", "folder", "output"))


def test_reports_are_made_of_the_plans_marked_for_it(origin):
    assert report.default_plans(origin.dataset) == ["zibo-13", "zibo-14"]


def test_no_plan_marked_is_told(data_copy):
    dataset = package.load(data_copy)
    plans = dataset.plans.assign(report="no")
    with pytest.raises(InputError, match="No plan is marked 'yes' in the column report of plans"):
        report.default_plans(replace(dataset, plans=plans))


@pytest.mark.parametrize("content", [None, "{}", "no json"])
def test_a_wrong_earlier_result_is_told_before_a_kernel_starts(origin, tmp_path, content):
    before = tmp_path / "before.json"
    if content is not None:
        before.write_text(content, "utf-8")
    with pytest.raises(InputError, match=r"before\.json is not a result file that can be read"):
        report.build(JOB, origin, ("zh",), tmp_path / "out", say=quiet, since=before, perform=unwanted)
    assert not (tmp_path / "out").exists()

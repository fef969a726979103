"""Reports made for real, kernels and PDF included: the same bytes anywhere, the right figures."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from zbanalysis import pdf, report, results, runs
from zbanalysis.errors import InputError, ZbError

PLAN, DAY = "zibo-13", "2020-08-10"
NAME = f"{PLAN}_{DAY}"
FILES = [
    f"{NAME}.json",
    *(f"{NAME}_{lang}.{kind}" for lang in ("en", "zh") for kind in ("docx", "pdf", "xlsx")),
]
needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="poppler-utils (pdftotext) is not installed"
)


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> tuple[Path, list[Path], list[str]]:
    """One report in both languages, in this process: its folder, the paths returned, the lines said."""
    out, said = tmp_path_factory.mktemp("report") / "new" / "folder", []
    return out, report.build(PLAN, DAY, ("zh", "en"), out, say=said.append), said


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
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr.decode("utf-8")
    assert done.stderr == b""
    assert f"{NAME}_zh.pdf" in done.stdout.decode("utf-8")
    return place / "reports"


def text_of(path: Path) -> str:
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    return re.sub(r"[\s\u2060]+", "", done.stdout.decode("utf-8"))


def test_result_file_and_both_pdfs_are_written_and_nothing_else(made):
    out, paths, said = made
    assert sorted(path.name for path in paths) == FILES[1:]
    assert sorted(path.name for path in out.iterdir()) == sorted([*FILES, "runs"])
    assert all((out / name).stat().st_size > 10_000 for name in FILES)
    assert any("01_indicators" in line for line in said)


@pytest.mark.slow
def test_the_same_inputs_give_the_same_bytes_anywhere(made, made_elsewhere):
    for name in FILES:
        assert (made[0] / name).read_bytes() == (made_elsewhere / name).read_bytes(), name


def test_the_result_file_holds_every_notebook_both_charts_and_the_manifest(made):
    content = results.read(made[0] / f"{NAME}.json")
    assert set(content["sections"]) == set(report.REPORT_NOTEBOOKS)
    for part in content["sections"].values():
        assert all(set(svgs) == {"zh", "en"} for svgs in part["charts"].values())
    manifest = content["manifest"]
    assert re.fullmatch(r"[0-9a-f]{16}", manifest["key"])
    assert (manifest["as_of"], manifest["data_vintage"]) == (DAY, DAY)
    assert len(results.table(content, "01_indicators", "progress")) == 10
    shown = json.dumps(content)
    assert str(made[0]) not in shown, "no path of this machine belongs in a report"


def test_the_executed_notebooks_are_kept_as_evidence(made):
    for stem in report.REPORT_NOTEBOOKS:
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
        ("zh", ["2.14（2015年）", "2.63（2018年）", "87.5%", "202.3%", "快于预期", "提前完成", "未达到",
                "42.41", "20.12%", "63.46%",
                "10项目标中，按最新公布数据已达到目标的有6项", "2020年8月10日", "基期值未公布", "资料来源"]),
        ("en", ["2.14(2015)", "2.63(2018)", "87.5%", "202.3%", "aheadofschedule",
                "42.41", "20.12%", "63.46%", "6of10",
                "10August2020", "0.04pp"]),
    ],
)  # fmt: skip
def test_the_pdf_shows_the_figures(made, lang, words):
    shown = text_of(made[0] / f"{NAME}_{lang}.pdf")
    assert [word for word in words if word not in shown] == []
    content = results.read(made[0] / f"{NAME}.json")
    assert content["manifest"]["key"] in shown


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


@pytest.fixture
def ready(made, tmp_path, monkeypatch) -> Path:
    """A folder with the last good report, and runs that take their results from it instead of kernels."""
    out = tmp_path / "reports"
    shutil.copytree(made[0], out)
    content = results.read(out / f"{NAME}.json")

    def execute(notebook: Path, given: dict, result: Path, output: Path) -> None:
        so_far = results.read(result) if result.exists() else {"format": results.FORMAT, "sections": {}}
        so_far["sections"][notebook.stem] = content["sections"][notebook.stem]
        results.write(result, so_far)

    monkeypatch.setattr(runs, "execute", execute)
    return out


def state(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()
    }


def test_a_failure_in_the_second_pdf_leaves_the_last_good_report(ready, monkeypatch):
    before, real = state(ready), pdf.compile_pdf

    def fails_in_english(document, images, timestamp):
        if document["lang"] == "en":
            raise ZbError("The report could not be set.")
        return real({**document, "title": "changed"}, images, timestamp)

    monkeypatch.setattr(pdf, "compile_pdf", fails_in_english)
    with pytest.raises(ZbError, match="could not be set"):
        report.build(PLAN, DAY, ("zh", "en"), ready, say=lambda _: None)
    assert state(ready) == before
    assert sorted(path.name for path in ready.iterdir()) == sorted([*FILES, "runs"])


def test_a_failure_in_a_notebook_leaves_the_last_good_report(ready, monkeypatch):
    before = state(ready)

    def fails(*_):
        raise ZbError("01_indicators.ipynb failed in cell 4: ValueError: made up.")

    monkeypatch.setattr(runs, "execute", fails)
    with pytest.raises(ZbError, match="made up"):
        report.build(PLAN, DAY, ("zh",), ready, say=lambda _: None)
    assert state(ready) == before
    assert sorted(path.name for path in ready.iterdir()) == sorted([*FILES, "runs"])


def test_one_language_leaves_the_other_pdf_alone(ready):
    (ready / f"{NAME}_en.pdf").write_bytes(b"kept")
    (ready / f"{NAME}_zh.pdf").unlink()
    paths = report.build(PLAN, DAY, ("zh",), ready, say=lambda _: None)
    assert paths == [ready / f"{NAME}_zh.{kind}" for kind in ("pdf", "xlsx", "docx")]
    assert paths[0].read_bytes().startswith(b"%PDF")
    assert (ready / f"{NAME}_en.pdf").read_bytes() == b"kept"


def test_kernels_are_given_whole_paths_for_they_run_elsewhere(tmp_path, monkeypatch):
    """A kernel starts in the notebooks' folder: a relative ``--out`` would lead it astray."""
    seen: list[dict] = []

    def look(notebook: Path, given: dict, result: Path, output: Path) -> None:
        seen.append({**given, "result": result})
        raise ZbError("seen enough.")

    monkeypatch.setattr(runs, "execute", look)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ZbError, match="seen enough"):
        report.build(PLAN, DAY, ("zh",), Path("here"), say=lambda _: None)
    assert Path(seen[0]["result"]).is_absolute()
    assert Path(seen[0]["folder"]).is_absolute()


@pytest.mark.parametrize(
    ("plan", "day", "words"),
    [
        ("zibo-15", None, "zibo-15"),
        (PLAN, "1999-01-01", "1999-01-01"),
        (PLAN, "2020-8-1", "2020-8-1"),
        ("zibo-14", DAY, "zibo-14"),
    ],
)
def test_a_wrong_plan_or_day_is_told_before_a_folder_is_made_or_a_kernel_starts(
    tmp_path, monkeypatch, plan, day, words
):
    monkeypatch.setattr(runs, "execute", lambda *_: pytest.fail("a notebook was run"))
    with pytest.raises(InputError, match=words):
        report.build(plan, day, ("zh",), tmp_path / "out", say=lambda _: None)
    assert list(tmp_path.iterdir()) == []


def test_without_a_day_the_newest_that_concerns_the_plan_is_taken(tmp_path, monkeypatch):
    said: list[str] = []

    def stop(*_):
        raise ZbError("stop")

    monkeypatch.setattr(runs, "execute", stop)
    for plan in ("zibo-13", "zibo-14"):
        with pytest.raises(ZbError, match="stop"):
            report.build(plan, None, ("zh",), tmp_path, say=said.append)
    assert {re.search(r"\d{4}-\d\d-\d\d", line)[0] for line in said} == {"2022-04-19"}


def test_reports_are_made_of_the_plans_marked_for_it(data_dir):
    from zbanalysis import data

    assert report.default_plans(data.load(data_dir)) == ["zibo-13", "zibo-14"]


@pytest.mark.parametrize("content", [None, "{}", "no json"])
def test_a_wrong_earlier_result_is_told_before_a_kernel_starts(tmp_path, monkeypatch, content):
    def started(*_: object) -> None:
        raise AssertionError("a kernel was started")

    monkeypatch.setattr(runs, "execute", started)
    before = tmp_path / "before.json"
    if content is not None:
        before.write_text(content, "utf-8")
    with pytest.raises(InputError, match=r"before\.json is no result file"):
        report.build(PLAN, DAY, ("zh",), tmp_path / "out", say=lambda _: None, since=before)

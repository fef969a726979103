"""Notebooks → result file → PDF, in both languages; computes nothing itself."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from zbanalysis import atomic, changes, data, outline, pdf, pictures, progress, results, runs
from zbanalysis.errors import InputError, ZbError
from zbanalysis.paths import DATA, NOTEBOOKS, REPORTS
from zbanalysis.word import word
from zbanalysis.workbook import workbook

REPORT_NOTEBOOKS = (
    "01_indicators",
    "02_trends",
    "03_feasibility",
    "04_backtest",
    "05_audit",
    "06_survey",
    "07_cost_benefit",
    "08_tasks",
)
"""Notebooks whose results make a report, in the order in which they run."""


def default_plans(dataset: data.Dataset) -> list[str]:
    """Plans that a report is made of when none is named: those marked so in ``plans.csv``."""
    marked = dataset.plans.loc[dataset.plans["report"] == "yes", "plan"].tolist()
    if not marked:
        raise InputError(
            "No plan is marked 'yes' in the column report of plans.csv; mark one, or name it with --plan."
        )
    return marked


def build(
    plan: str,
    as_of: str | None = None,
    languages: Sequence[str] = ("zh", "en"),
    out: Path = REPORTS,
    folder: Path = DATA,
    say: Callable[[str], None] = print,
    kind: str = "",
    since: Path | None = None,
) -> list[Path]:
    """Make the report of a plan, whole or not at all.

    Parameters
    ----------
    plan
        A plan in ``plans.csv``.
    as_of
        The day whose knowledge counts; by default the day of the plan's newest source.
    languages
        ``zh``, ``en`` or both.
    out
        Folder for ``{plan}_{as_of}_{language}.pdf``, the result file
        ``{plan}_{as_of}.json`` and the executed notebooks; made when it is not there.
    folder
        Data folder.
    say
        Called with one line for each step.
    kind
        One of `occasion.KINDS`; by default the one that is due on the day.
    since
        Result file of an earlier report of the plan: a section says what changed since.

    Returns
    -------
    list of Path
        The reports written: for each language a PDF, a workbook and a Word file.

    Raises
    ------
    InputError
        If plan, day or data are wrong; nothing was written.
    ZbError
        If a notebook or the setting of the PDF fails; the last good report stays.
    """
    dataset = data.load(folder)
    day = str(data.parse_date(as_of) if as_of else data.newest_day(dataset, plan))
    data.targets_of(dataset, plan, day)  # a wrong plan or day is told before a kernel starts
    out = _folder(out)
    if not as_of:
        say(f"{plan}: the newest document about it is of {day}")
    name = f"{plan}_{day}"
    with tempfile.TemporaryDirectory(prefix=".run-", dir=out) as place:
        result = Path(place) / f"{name}.json"
        if since:
            _check_since(since)  # a wrong file is told before a kernel starts
        content = _content(plan, day, folder, result, out / "runs" / name, say)
        before = changes.earlier(since, content) if since else None
        # Every PDF is set before the first is written, so the two languages never differ in age.
        files = {out / f"{name}.json": result.read_bytes()}
        for lang in languages:
            say(f"{name}: setting the {lang} report")
            files |= _in_language(content, lang, out / f"{name}_{lang}", kind, before)
    for path, data_bytes in files.items():
        atomic.write(path, data_bytes)
    return [path for path in files if path.suffix != ".json"]


def _in_language(content: dict, lang: str, stem: Path, kind: str, before: dict | None) -> dict[Path, bytes]:
    """The report in one language: PDF, workbook and Word file, from one document."""
    document, images = outline.document(content, lang, kind, before), outline.images(content, lang)
    time = _midnight(content["manifest"]["as_of"])
    return {
        stem.with_name(f"{stem.name}.pdf"): pdf.compile_pdf(document, images, time),
        stem.with_name(f"{stem.name}.xlsx"): workbook(document, content, time),
        stem.with_name(f"{stem.name}.docx"): word(document, pictures.pngs(images), lang, time),
    }


def _check_since(since: Path) -> None:
    try:
        results.read(since)
    except ZbError:
        raise InputError(f"--since {since} is no result file; name the .json of an earlier report.") from None


def _folder(out: Path) -> Path:
    """The output folder, made when it is not there; whole, for kernels start elsewhere."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise InputError(f"--out {out} is a file, or lies below one; name a folder.") from None
    except OSError as error:
        raise ZbError(
            f"--out {out} cannot be made ({error.strerror or error}); name another place."
        ) from None
    return out.resolve()


def _content(
    plan: str, day: str, folder: Path, result: Path, evidence: Path, say: Callable[[str], None]
) -> dict:
    """Run the notebooks and add the manifest to what they published."""
    given = {"plan": plan, "as_of": day, "folder": str(folder.resolve())}
    evidence.mkdir(parents=True, exist_ok=True)
    notebooks = [NOTEBOOKS / f"{stem}.ipynb" for stem in REPORT_NOTEBOOKS]
    for notebook in notebooks:
        say(f"{plan} as of {day}: running {notebook.name}")
        runs.execute(notebook, given, result, evidence / notebook.name)
    content = results.read(result)
    used = results.table(content, outline.indicators.SECTION, "sources")["date_published"]
    files = [*sorted(folder.rglob("*.csv")), *sorted(folder.glob("*/text/*.md")), folder / "datapackage.json"]
    content["manifest"] = {
        "as_of": day,
        "data_vintage": used.max(),
        "margin": progress.MARGIN,
        **runs.manifest(notebooks, files, {"plan": plan, "as_of": day}),
    }
    results.write(result, content)
    return content


def _midnight(day: str) -> dt.datetime:
    """The report's own time: its as-of day, so that the same inputs give the same bytes."""
    return dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC)

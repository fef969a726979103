"""Result files → reports: PDF, workbook and Word file of each language, a web page, a batch's index."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import pandas as pd
from markupsafe import Markup

from zbanalysis.outlook import verdict
from zbanalysis.report import blocks, cells, html, output, pdf, results, volumes, words
from zbanalysis.report.blocks import Cell, Column, Report
from zbanalysis.report.chapters import area
from zbanalysis.report.word import word
from zbanalysis.report.words import label
from zbanalysis.report.workbook import results_workbook, workbook

SUFFIXES = ("pdf", "xlsx", "docx")
"""What is made of each language unless asked otherwise."""
_OUTLOOK = "03_feasibility"
COMPARED = 12
"""So many indicators stand side by side in the index."""


def render(
    content: dict,
    lang: str,
    kind: str = "",
    before: dict | None = None,
    formats: Sequence[str] = SUFFIXES,
) -> dict[str, bytes]:
    """The files of one language, or the one of both.

    Parameters
    ----------
    content
        A result file, with its manifest.
    lang
        ``zh``, ``en``, or ``both`` for the web page.
    kind
        One of `kinds.KINDS`; by default the one that is due.
    before
        Result file of an earlier report, to say what changed since.
    formats
        Which of `SUFFIXES`; ``annex.pdf`` and ``annex.docx`` are a plan's technical annex, and
        ``results.xlsx`` holds the coded results.

    Returns
    -------
    dict
        Format → content.
    """
    if lang == words.BOTH:
        return {"html": _page(content, kind, before)} if "html" in formats else {}
    documents, images = _documents(content, lang, kind, before), results.images(content, lang)
    # The report's own time is its as-of day, so that the same inputs give the same bytes.
    time, made = dt.datetime.fromisoformat(content["manifest"]["as_of"]).replace(tzinfo=dt.UTC), {}
    for suffix in sorted(formats):
        volume, _, form = suffix.rpartition(".")
        if form == "xlsx":
            write = results_workbook if volume else workbook
            made[suffix] = write(volumes.bound(documents), content, time)
        elif form in ("pdf", "docx") and (document := documents.get(volume or "main")):
            shown = {block["image"] for block in output.blocks(document) if block["type"] == "figure"}
            own = {name: svg for name, svg in images.items() if name in shown}
            if form == "pdf":
                made[suffix] = pdf.compile_pdf(document, own, time)
            else:
                made[suffix] = word(document, output.pngs(own), lang, time)
    return made


def _page(content: dict, kind: str, before: dict | None) -> bytes:
    """The web page in the report's languages, in which sources go by the numbers of the lists."""
    spoken = content["manifest"].get("languages", words.LANGUAGES)
    editions = {lang: _documents(content, lang, kind, before) for lang in spoken}
    images = {lang: results.images(content, lang) for lang in editions}
    if area.YARDSTICK in content["sections"]:
        listed = results.table(content, area.YARDSTICK, "sources")
        sources = {source: int(number) for source, number in listed[["source", "number"]].to_numpy()}
    else:
        sources = Report(content, "zh").numbers
    return html.page(editions, images, sources)


def _documents(content: dict, lang: str, kind: str, before: dict | None) -> dict[str, dict]:
    """The report of an area, or the two volumes of a plan's, as the notebooks that ran tell."""
    if area.TRENDS in content["sections"]:
        return area.documents(content, lang)
    return volumes.documents(content, lang, kind, before)


def index(
    entries: Sequence[Mapping],
    names: Mapping[str, Mapping[str, str]],
    contents: Mapping[str, Mapping],
    languages: Sequence[str] = words.LANGUAGES,
) -> bytes:
    """The page of a batch: its reports with their files, areas and plans side by side; the same for the same.

    Parameters
    ----------
    entries
        Summaries of reports (`batch.Entry` as dicts).
    names
        Names of plans and areas by id and language.
    contents
        Result files, by the report's name.
    languages
        Languages of the page.
    """
    made = pd.DataFrame(list(entries))
    made["subject"] = made["area"].where(made["area"] != "", made["plan"])
    editions = {lang: {"main": _index(made, names, contents, lang)} for lang in languages}
    return html.page(editions, {lang: {} for lang in editions}, {})


def _index(
    entries: pd.DataFrame, names: Mapping[str, Mapping[str, str]], contents: Mapping[str, Mapping], lang: str
) -> dict:
    def named(row: pd.Series, _: str) -> str:
        """The subject, with a link to its page where there is one."""
        text = names.get(row["subject"], {}).get(lang) or row["name"]
        page = next((file for file in row["files"] if file == f"{row['name']}.html"), "")
        return html.link(page, text) if page else text

    def status(row: pd.Series, _: str) -> str:
        word = label(f"index.{row['status']}", lang)
        return f"{word}{cells.bracketed(row['message'], lang)}" if row["message"] else word

    columns = [
        Column("index.report", named),
        Column("index.as_of", lambda row, _: row["as_of"]),
        Column("index.status", status),
        Column("index.files", lambda row, _: Markup(" ").join(map(_file, row["files"]))),
    ]
    parts = {
        "reports": [_listing("index_reports", entries, columns, lang)],
        "areas": _areas(entries[entries["area"] != ""], named, contents, lang),
        "plans": _plans(entries[entries["area"] == ""], named, contents, lang),
    }
    sections = [
        {"id": name, "heading": label(f"index.{name}", lang), "blocks": made}
        for name, made in parts.items()
        if made
    ]
    return {
        "lang": lang, "title": label("index.title", lang), "sections": sections,
        "cover": {"lines": [label("index.count", lang, count=len(entries))]},
        "labels": blocks.template_words(lang),
    }  # fmt: skip


def _file(file: str) -> str:
    stem, _, suffix = file.partition(".")
    language = {"zh": "中文 ", "en": "English "}.get(stem.rpartition("_")[2], "")
    return html.link(file, f"{language}{suffix.upper()}")


def _listing(name: str, rows: pd.DataFrame, columns: list[Column], lang: str) -> dict:
    return blocks.table(name, rows, columns, lang) | {"source": ""}


def _areas(entries: pd.DataFrame, named: Callable, contents: Mapping[str, Mapping], lang: str) -> list[dict]:
    """Newest figure and recent pace of the indicators that most areas share, a row an area."""
    known = _with(entries, contents, area.TRENDS)
    if known.empty:
        return []
    every = pd.concat([
        results.table(contents[name], area.TRENDS, "indicators")
        .merge(results.table(contents[name], area.TRENDS, "movement"), on="target").assign(report=name)
        for name in known["name"]
    ], ignore_index=True)  # fmt: skip
    areas = every["target"].value_counts(sort=False)
    most = areas[areas > 1].sort_values(ascending=False, kind="stable").index[:COMPARED]
    every = every[every["target"].isin(most) | (len(known) == 1)]
    if every.empty:
        return []
    periods = every.groupby("target")["current_period"]
    every = every.assign(usual=periods.transform(lambda periods: periods.mode()[0]))
    listings = []
    for table, cell in (("index_latest", _latest), ("index_pace", area.pace)):
        shown = {(row["report"], row["target"]): cell(row, lang) for _, row in every.iterrows()}
        columns = [Column("area", named)]
        for _, first in every.drop_duplicates("target").iterrows():
            heading = area.named(first, lang)
            if cell is _latest:
                heading += f"\n{words.period(first['usual'], lang)}"
            columns.append(Column("", partial(_of, shown, first["target"]), "right", heading=heading))
        listings.append(_listing(table, known, columns, lang))
    return listings


def _of(shown: Mapping[tuple[str, str], str], target: str, row: pd.Series, _: str) -> str:
    return shown.get((row["name"], target), words.NONE)


def _latest(row: pd.Series, lang: str) -> Cell:
    """The newest figure; its period where it is not that of most areas."""
    figure, period = area.latest(row), words.period(row["current_period"], lang)
    if row["current_period"] == row["usual"] or figure == words.NONE:
        return figure
    return Cell(f"{figure}{cells.bracketed(period, lang)}", figure.value)


def _plans(entries: pd.DataFrame, named: Callable, contents: Mapping[str, Mapping], lang: str) -> list[dict]:
    """How many targets of each plan have each verdict."""
    known = _with(entries, contents, _OUTLOOK)
    if known.empty:
        return []
    outlooks = {name: results.table(contents[name], _OUTLOOK, "outlook") for name in known["name"]}
    counts = {name: outlook["verdict"].value_counts() for name, outlook in outlooks.items()}
    given = [key for key in verdict.VERDICTS if any(key in count for count in counts.values())]

    def count(keys: Sequence[str], row: pd.Series, _: str) -> Cell:
        return cells.number(int(counts[row["name"]].reindex(keys, fill_value=0).sum()), 0)

    columns = [Column("index.plan", named), Column("index.targets", partial(count, given), "right")]
    for key in given:
        heading = verdict.WORDS[key][words.LANGUAGES.index(lang)]
        columns.append(Column(key, partial(count, [key]), "right", heading=heading))
    return [_listing("index_plans", known, columns, lang)]


def _with(entries: pd.DataFrame, contents: Mapping[str, Mapping], section: str) -> pd.DataFrame:
    """The reports whose results have tables of a notebook."""
    sections = (contents.get(name, {}).get("sections", {}) for name in entries["name"])
    return entries[[bool(one.get(section, {}).get("tables")) for one in sections]]

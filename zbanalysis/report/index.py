"""The page of a batch: its reports with their files, and areas and plans side by side, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import pandas as pd

from zbanalysis.outlook import verdict
from zbanalysis.report import blocks, cells, html, results, words
from zbanalysis.report.blocks import Cell, Column
from zbanalysis.report.chapters import TEMPLATE_LABELS, area_tables
from zbanalysis.report.words import label

TRENDS, OUTLOOK = "11_area_trends", "03_feasibility"


def page(
    entries: Sequence[Mapping],
    names: Mapping[str, Mapping[str, str]],
    contents: Mapping[str, Mapping],
    languages: Sequence[str] = words.LANGUAGES,
) -> bytes:
    """The page as HTML; the same for the same reports.

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
    made = pd.DataFrame(list(entries)).assign(
        subject=lambda rows: rows["area"].where(rows["area"] != "", rows["plan"])
    )
    editions = {lang: {"main": _document(made, names, contents, lang)} for lang in languages}
    return html.page(editions, {lang: {} for lang in editions}, {})


def _document(
    entries: pd.DataFrame, names: Mapping[str, Mapping[str, str]], contents: Mapping[str, Mapping], lang: str
) -> dict:
    def named(row: pd.Series) -> str:
        """The subject, with a link to its page where there is one."""
        text = names.get(row["subject"], {}).get(lang) or row["name"]
        page = next((file for file in row["files"] if file == f"{row['name']}.html"), "")
        return html.link(page, text) if page else text

    parts = {
        "reports": [_reports(entries, named, lang)],
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
        "labels": {name: label(f"template.{name}", lang) for name in TEMPLATE_LABELS},
    }  # fmt: skip


def _reports(entries: pd.DataFrame, named: Callable, lang: str) -> dict:
    def status(row: pd.Series) -> str:
        said = label(f"index.{row['status']}", lang)
        return f"{said}{cells.bracketed(row['message'], lang)}" if row["message"] else said

    columns = [
        Column("report", named, heading=label("index.report", lang)),
        Column("as_of", lambda row: row["as_of"], heading=label("index.as_of", lang)),
        Column("status", status, heading=label("index.status", lang)),
        Column(
            "files", lambda row: html.joined(map(_file, row["files"])), heading=label("index.files", lang)
        ),
    ]
    return _table("index_reports", entries, columns, lang)


def _file(file: str) -> str:
    stem, _, suffix = file.partition(".")
    language = {"zh": "中文 ", "en": "English "}.get(stem.rpartition("_")[2], "")
    return html.link(file, f"{language}{suffix.upper()}")


def _table(name: str, rows: pd.DataFrame, columns: list[Column], lang: str) -> dict:
    return blocks.table(name, rows, columns, lang) | {"source": ""}


def _areas(entries: pd.DataFrame, named: Callable, contents: Mapping[str, Mapping], lang: str) -> list[dict]:
    """Newest figure and recent pace of each indicator, a row an area."""
    known = _with(entries, contents, TRENDS)
    if known.empty:
        return []
    every = pd.concat([
        results.table(contents[name], TRENDS, "indicators")
        .merge(results.table(contents[name], TRENDS, "movement"), on="target").assign(report=name)
        for name in known["name"]
    ])  # fmt: skip
    usual = every.groupby("target")["current_period"].agg(lambda periods: periods.mode()[0])
    every["usual"] = every["target"].map(usual)
    firsts = every.drop_duplicates("target")
    found = []
    for table, cell in (("index_latest", _latest), ("index_pace", area_tables.pace)):
        shown = {(row["report"], row["target"]): cell(row, lang) for _, row in every.iterrows()}
        columns = [Column("area", named)]
        for _, first in firsts.iterrows():
            heading = area_tables.named(first, lang)
            if cell is _latest:
                heading += f"\n{words.period(first['usual'], lang)}"
            columns.append(Column("", partial(_of, shown, first["target"]), "right", heading=heading))
        found.append(_table(table, known, columns, lang))
    return found


def _of(shown: Mapping[tuple[str, str], str], target: str, row: pd.Series) -> str:
    return shown.get((row["name"], target), words.NONE)


def _latest(row: pd.Series, lang: str) -> Cell:
    """The newest figure; its period where it is not that of most areas."""
    figure, period = area_tables.latest(row), words.period(row["current_period"], lang)
    if row["current_period"] == row["usual"] or figure == words.NONE:
        return figure
    return Cell(f"{figure}{cells.bracketed(period, lang)}", figure.value)


def _plans(entries: pd.DataFrame, named: Callable, contents: Mapping[str, Mapping], lang: str) -> list[dict]:
    """How many targets of each plan have each verdict."""
    known = _with(entries, contents, OUTLOOK)
    if known.empty:
        return []
    counts = {
        name: results.table(contents[name], OUTLOOK, "outlook")["verdict"].value_counts()
        for name in known["name"]
    }
    given = [key for key in verdict.VERDICTS if any(key in count for count in counts.values())]

    def count(keys: Sequence[str], row: pd.Series) -> Cell:
        return cells.number(int(counts[row["name"]].reindex(keys, fill_value=0).sum()), 0)

    columns = [
        Column("plan", named, heading=label("index.plan", lang)),
        Column("targets", partial(count, given), "right", heading=label("index.targets", lang)),
    ]
    place = words.LANGUAGES.index(lang)
    columns += [
        Column(key, partial(count, [key]), "right", heading=verdict.WORDS[key][place]) for key in given
    ]
    return [_table("index_plans", known, columns, lang)]


def _with(entries: pd.DataFrame, contents: Mapping[str, Mapping], section: str) -> pd.DataFrame:
    """The reports whose results have tables of a notebook."""
    sections = (contents.get(name, {}).get("sections", {}) for name in entries["name"])
    return entries[[bool(one.get(section, {}).get("tables")) for one in sections]]

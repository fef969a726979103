"""Result file → the report as a document of headings, paragraphs, tables and figures.

The document is plain data (see ``reports/template/README.md``); `pdf` sets it.  Every
number in it comes from the result file.
"""

from __future__ import annotations

import pandas as pd

from zbanalysis import narrative, results, wording
from zbanalysis.labels import label
from zbanalysis.outline import appendix, indicators, method, outlook
from zbanalysis.outline.blocks import bullets

__all__ = ["document", "images"]


def document(content: dict, lang: str) -> dict:
    """The whole report in one language.

    Parameters
    ----------
    content
        A result file, with its manifest.
    lang
        ``zh`` or ``en``.

    Returns
    -------
    dict
        The document of the template's contract; images are named as in `images`.
    """
    plan = results.table(content, indicators.SECTION, "plan").iloc[0]
    progress = indicators.progress_of(content)
    return {
        "lang": lang,
        "title": label("report.title", lang, plan=plan[f"name_{lang}"]),
        "subtitle": label("report.subtitle", lang),
        "author": label("report.author", lang),
        "cover": _cover(plan, content["manifest"], lang),
        "labels": {name: label(f"template.{name}", lang) for name in _TEMPLATE_LABELS},
        "key_messages": _key_messages(content, progress, lang),
        "sections": [
            *indicators.sections(content, plan, lang),
            *outlook.sections(content, progress, lang),
            *method.sections(content, lang),
            *appendix.sections(content, plan, lang),
        ],
    }


_TEMPLATE_LABELS = (
    "contents", "table", "figure", "page", "of", "continued", "source", "note", "appendix", "key_messages",
)  # fmt: skip


def images(content: dict, lang: str) -> dict[str, str]:
    """The charts of a result file in one language, by the names the document uses."""
    return {
        f"{section}-{name}.svg": svgs[lang]
        for section, part in content["sections"].items()
        for name, svgs in part["charts"].items()
    }


def _cover(plan: pd.Series, manifest: dict, lang: str) -> dict:
    day = wording.date(manifest["as_of"], lang)
    return {
        "plan": plan[f"name_{lang}"],
        "kind": label("report.kind", lang),
        "organisation": "",
        "as_of": label("report.as_of", lang, date=day),
        "lines": [label("report.made_by", lang, key=manifest["key"])],
    }


def _key_messages(content: dict, progress: pd.DataFrame, lang: str) -> list[dict]:
    counts = content["sections"][indicators.SECTION]["facts"]
    keys = ("total", "met", "not_met", "unknown") if counts["followed"] else ("total", "followed", "unknown")
    numbers = [
        {"value": str(counts[key]), "unit": label("unit.items", lang), "label": label(f"count.{key}", lang)}
        for key in keys
    ]
    outlook_table = results.table(content, outlook.FEASIBILITY, "outlook")
    variants = results.table(content, indicators.SECTION, "variants")
    messages = [
        *narrative.headline(progress, counts, lang),
        *narrative.chances(progress, outlook_table, lang),
        *narrative.sensitivity(variants, lang),
        *narrative.caveats(progress, lang),
    ]
    return [{"type": "numbers", "items": numbers}, bullets(messages)]

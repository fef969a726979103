"""The page that links every report of a batch, in both languages; the same for the same reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from zbanalysis.report.words import label

FILE = "index.html"

_STYLE = """
body { font: 16px/1.5 "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", system-ui, sans-serif;
       color: #222; max-width: 64rem; margin: 2.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; font-weight: 600; margin-bottom: .2rem; }
p { color: #595959; margin-top: 0; }
table { border-collapse: collapse; width: 100%; border: solid #17365D; border-width: 2px 0; }
th, td { text-align: left; padding: .35rem .8rem .35rem 0; vertical-align: top; }
th { border-bottom: 1px solid #17365D; font-weight: 600; }
tr + tr td { border-top: 1px solid #eee; }
td small { color: #595959; display: block; }
a { color: #17365D; margin-right: .6rem; }
.failed { color: #9C2A1F; }
"""


def page(entries: Sequence[Mapping], names: Mapping[str, Mapping[str, str]]) -> str:
    """The page as HTML.

    Parameters
    ----------
    entries
        Summaries of reports (`batch.Entry` as dicts).
    names
        Names of plans and areas by id and language.
    """
    title, count = _both("index.title"), _both("index.count", count=str(len(entries)))
    keys = [f"index.{name}" for name in ("report", "as_of", "status", "files")]
    heads = "".join(f"<th>{_both(key)}</th>" for key in keys)
    rows = "\n".join(_row(entry, names) for entry in entries)
    return (
        f'<!doctype html>\n<html lang="zh">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{title}</h1>\n<p>{count}</p>\n"
        f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</body>\n</html>\n"
    )


def _both(key: str, **values: str) -> str:
    return " · ".join(escape(label(key, lang, **values)) for lang in ("zh", "en"))


def _row(entry: Mapping, names: Mapping[str, Mapping[str, str]]) -> str:
    subject = names.get(entry["area"] or entry["plan"], {})
    title = escape(subject.get("zh", entry["name"]))
    second = f"<small>{escape(subject.get('en', ''))}</small>"
    said = _both(f"index.{entry['status']}")
    status = f'<span class="{entry["status"]}">{said}</span>'
    why = f"<small>{escape(entry['message'])}</small>" if entry["message"] else ""
    links = " ".join(_link(file) for file in entry["files"])
    return (
        f"<tr><td>{title}{second}</td><td>{escape(entry['as_of'])}</td>"
        f"<td>{status}{why}</td><td>{links}</td></tr>"
    )


def _link(file: str) -> str:
    stem, _, suffix = file.rpartition(".")
    lang = {"zh": "中文", "en": "English"}.get(stem.rpartition("_")[2], "")
    return f'<a href="{escape(file)}">{lang} {suffix.upper()}</a>'

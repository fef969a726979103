"""A small web page for tests: made-up targets of a made-up city, one of them with a hostile name."""

from __future__ import annotations

from zbanalysis.report import html, style
from zbanalysis.report.blocks import Cell

HOSTILE = "<img src=x onerror=alert(1)>"
SOURCES = {"bulletin": 1, "yearbook": 2}
_WORDS = {
    "zh": ("甲市规划评估", "技术附件", "目标进展", "数据来源", "各项目标", "企业数", "甲市统计公报。"),
    "en": (
        "Evaluation of a plan",
        "Technical annex",
        "Targets",
        "Sources",
        "The targets",
        "Firms",
        "Bulletin of A.",
    ),
}
_LABELS = {
    "zh": {"contents": "目录", "table": "表", "figure": "图", "source": "来源", "note": "注", "appendix": "附件", "key_messages": "结论"},
    "en": {"contents": "Contents", "table": "Table", "figure": "Figure", "source": "Source", "note": "Note", "appendix": "Annex", "key_messages": "Conclusion"},
}  # fmt: skip


def drawing(lang: str = "en") -> str:
    """A line of two figures that can be pointed at."""
    with style.context(lang):
        figure = style.new_figure(80, 50)
        axes = figure.subplots()
        axes.plot([2019, 2020], [600, 703])
        words = [
            ("Firms", "published figures", "600", "2019", "bulletin"),
            (HOSTILE, "published figures", "703", "2020"),
        ]
        style.hover(figure, axes.transData, [(2019, 600), (2020, 703)], words)
        return style.to_svg(figure)


def document(lang: str) -> dict[str, dict]:
    """Report and annex, with every kind of block."""
    title, annex, targets, sources, caption, firms, bulletin = _WORDS[lang]
    rows = [
        ["1", firms, Cell("1,703 (2020)", 1703.0), "on course"],
        ["2", HOSTILE, Cell("95 (2019)", 95.0), "—"],
        ["3", "=1+1", "—", "behind"],
    ]
    table = {
        "type": "table", "id": "targets", "caption": caption, "source": "[1]; [7]", "notes": [HOSTILE, "{{ref:figure-firms}}"],
        "columns": [{"header": head, "align": align} for head, align in (("No.", "right"), (firms, "left"), ("Latest", "right"), ("Verdict", "left"))],
        "rows": rows, "row_styles": [{"column": 3, "key": "ahead"}, None, {"column": 3, "key": "behind"}],
    }  # fmt: skip
    figure = {
        "type": "figure",
        "id": "figure-firms",
        "image": "firms.svg",
        "alt": f"{firms} {HOSTILE}",
        "caption": firms,
        "source": "[1]",
    }
    blocks = [
        {"type": "paragraph", "text": f"**{firms}** {{{{ref:targets}}}}, {annex} & {HOSTILE} [1]"},
        {"type": "list", "items": [firms, HOSTILE], "numbered": True},
        {"type": "callout", "text": "a\nb"},
        figure,
        {"type": "page_break"},
    ]
    head = {"lang": lang, "title": title, "labels": _LABELS[lang]}
    listed = [{"type": "list", "items": [f"[1, 2] {bulletin}"], "plain": True}]
    return {
        "main": head | {
            "cover": {"organisation": HOSTILE, "date": "2020"}, "key_messages": [table],
            "sections": [{"id": "progress", "heading": targets, "blocks": blocks, "sections": [{"heading": HOSTILE, "blocks": [], "sections": []}]}],
        },
        "annex": head | {
            "subtitle": annex, "sections": [{"id": "sources", "heading": sources, "appendix": True, "blocks": listed, "sections": []}],
        },
    }  # fmt: skip


def page() -> bytes:
    """The page in both languages."""
    images = {lang: {"firms.svg": drawing(lang)} for lang in ("zh", "en")}
    return html.page({lang: document(lang) for lang in ("zh", "en")}, images, SOURCES)

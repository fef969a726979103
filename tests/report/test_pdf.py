"""The PDF: a clearly made-up report with every kind of block, in both languages.

Tags, alt texts and metadata stand uncompressed in the files typst writes, so they are read from
the bytes; only text positions and fonts need poppler.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import typst

from zbanalysis.data import files
from zbanalysis.errors import ZbError
from zbanalysis.report import pdf as pdf_room
from zbanalysis.report import style
from zbanalysis.report.pdf import compile_pdf

DAY = datetime(2020, 8, 10, tzinfo=UTC)
SVG = {
    "made-up.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="450" height="180">'
    '<path d="M20 160 L430 20" stroke="#17365D" fill="none"/></svg>'
}
SPECIAL = r"# * _ $ @ < > \ ~ ` [x] {y} // 2*3*4 a_b"
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")


def said(lang: str, chinese: str, english: str) -> str:
    return chinese if lang == "zh" else english


def labels(lang: str) -> dict[str, str]:
    chinese = (
        "目　录",
        "主要结论",
        "表",
        "图",
        "第 {page} 页 共 {pages} 页",
        "续表 {n}",
        "资料来源",
        "注",
        "附件",
    )
    english = (
        "Contents",
        "Key messages",
        "Table",
        "Figure",
        "Page {page} of {pages}",
        "Table {n} (continued)",
        "Source",
        "Note",
        "Appendix",
    )
    keys = ("contents", "key_messages", "table", "figure", "page", "continued", "source", "note", "appendix")
    return dict(zip(keys, chinese if lang == "zh" else english, strict=True))


def front(lang: str) -> list[dict[str, Any]]:
    return [
        {"type": "callout", "text": said(lang, "均为虚构。", "All of it is made up.")},
        {"type": "list", "numbered": True, "items": ["A", "B"]},
        {"type": "list", "plain": True, "items": ["[1] A", "[2] B"]},
        {"type": "list", "items": [said(lang, "甲", "one"), said(lang, "乙", "two")]},
    ]


def wide_table(lang: str, *, landscape: bool) -> dict[str, Any]:
    keys = tuple({**style.VERDICTS, **{key: style.ROLES[key] for key in style.STATUSES}})
    name = said(
        lang, "虚构的研发经费占地区生产总值比重", "Made-up research expenditure as a share of product"
    )
    row = ["1", name, "%", *["12,345.67"] * 7, said(lang, "基本符合预期", "On schedule"), name]
    return {
        "type": "table",
        "id": "turned" if landscape else "upright",
        "caption": said(lang, "十二列", "Twelve columns"),
        "columns": [
            {"header": said(lang, f"列{i}", f"Col {i}"), "align": "right" if 2 < i < 10 else "left"}
            for i in range(12)
        ],
        "rows": [row] * len(keys),
        "row_styles": [{"column": 10, "key": key} for key in keys],
        "notes": [SPECIAL, "2"],
        "source": said(lang, "虚构", "made up"),
        "landscape": landscape,
    }


def long_table(lang: str) -> dict[str, Any]:
    return {
        "type": "table",
        "id": "long",
        "caption": said(lang, "长表", "A long table"),
        "columns": [
            {"header": "HEADERWORD", "align": "center"},
            {"header": "B", "align": "right", "width": 2},
        ],
        "rows": [[f"row{i}", f"{i * 1.5:.2f}"] for i in range(90)],
    }


def a_document(lang: str) -> dict[str, Any]:
    text = said(
        lang,
        "虚构的城市，见{{ref:long}}和{{ref:line}}。**加重**",
        "A made-up city, see {{ref:long}} and {{ref:line}}. **Strong**",
    )
    paragraph = {"type": "paragraph", "text": f"{text} {SPECIAL}"}
    alt = said(lang, "虚构的上升折线", "A made-up rising line")
    figure = {
        "type": "figure",
        "id": "line",
        "image": "made-up.svg",
        "alt": alt,
        "caption": said(lang, "折线", "Line"),
        "source": "x",
    }
    inner = {"heading": said(lang, "三级", "Third"), "blocks": [paragraph, {"type": "page_break"}, figure]}
    return {
        "lang": lang,
        "title": said(lang, "虚构报告", "A made-up report"),
        "subtitle": said(lang, "仅供测试", "for tests only"),
        "keywords": ["made up"],
        "cover": {
            "organisation": said(lang, "虚构局", "Made-up Bureau"),
            "kind": "K",
            "date": "2020",
            "lines": ["x"],
        },
        "labels": labels(lang),
        "key_messages": front(lang),
        "sections": [
            {
                "heading": said(lang, "一级", "First"),
                "blocks": [paragraph],
                "sections": [{"heading": "2", "blocks": [], "sections": [inner]}],
            },
            {
                "heading": said(lang, "宽表", "Wide"),
                "blocks": [wide_table(lang, landscape=True), wide_table(lang, landscape=False)],
            },
            {
                "heading": said(lang, "附录", "Annexed"),
                "appendix": True,
                "blocks": [paragraph, long_table(lang)],
            },
        ],
    }


@pytest.fixture(scope="module", params=["zh", "en"])
def lang(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def pdf(lang) -> bytes:
    return compile_pdf(a_document(lang), SVG, DAY)


def poppler(tool: str, pdf: bytes, *options: str) -> str:
    target = ["-"] if tool == "pdftotext" else []
    run = subprocess.run([tool, *options, "-", *target], input=pdf, capture_output=True, check=True)
    return run.stdout.decode("utf-8")


def pages(pdf: bytes) -> list[str]:
    return poppler("pdftotext", pdf, "-layout").split("\f")[:-1]


def test_same_bytes_again_and_from_another_folder(pdf, lang, tmp_path):
    assert compile_pdf(a_document(lang), SVG, DAY) == pdf
    code = (
        "from tests.report.test_pdf import *\n"
        f"print(hashlib.sha256(compile_pdf(a_document({lang!r}), SVG, DAY)).hexdigest())"
    )
    # Another process, another folder, another hash seed: nothing of them may show.
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(files.ROOT)!r})\n{code}"]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == hashlib.sha256(pdf).hexdigest()


def test_another_date_or_text_gives_other_bytes(pdf, lang):
    assert compile_pdf(a_document(lang), SVG, DAY + timedelta(days=1)) != pdf
    assert compile_pdf({**a_document(lang), "subtitle": "x"}, SVG, DAY) != pdf


def test_declares_both_standards_language_title_and_date(pdf, lang):
    xmp = pdf[pdf.index(b"<x:xmpmeta") : pdf.index(b"</x:xmpmeta>")].decode("utf-8")
    assert "<pdfuaid:part>1<" in xmp
    assert "<pdfaid:part>2<" in xmp
    assert "<pdfaid:conformance>A<" in xmp
    assert f">{a_document(lang)['title']}<" in xmp
    assert f">{a_document(lang)['cover']['organisation']}<" in xmp
    assert "<pdf:Keywords>made up<" in xmp
    assert "2020-08-10T00:00:00" in xmp
    assert f"<rdf:li>{said(lang, 'zh-CN', 'en-GB')}<" in xmp
    assert b"/Marked true" in pdf
    assert b"/DisplayDocTitle true" in pdf
    assert b"/Outlines" in pdf


def test_tags_headings_tables_and_figures(pdf, lang):
    tags = re.findall(rb"/S/(\w+)", pdf)
    # 12 + 12 + 2 header cells, each once although the header rows repeat on later pages.
    assert tags.count(b"TH") == 26
    assert tags.count(b"Table") == 3
    assert tags.count(b"Figure") == 1
    assert b"TOC" not in tags  # a short report has no contents
    assert {b"H1", b"H2", b"H3", b"Caption", b"L", b"Title"} <= set(tags)
    alt = said(lang, "虚构的上升折线", "A made-up rising line")
    assert any(
        form in pdf
        for form in (
            b"/Alt<FEFF" + alt.encode("utf-16-be").hex().upper().encode(),
            b"/Alt(" + alt.encode() + b")",
        )
    )


@needs_poppler
def test_fonts_are_embedded_and_ours(pdf, lang):
    rows = [line.split() for line in poppler("pdffonts", pdf).splitlines()[2:]]
    assert rows
    assert all(row[-5:-2] == ["yes", "yes", "yes"] for row in rows)
    names = " ".join(row[0] for row in rows)
    assert ("LibertinusSerif-Bold" in names) is (lang == "en")
    assert "DejaVu" not in names
    assert "NewCM" not in names


@needs_poppler
def test_special_characters_come_through_literally(pdf):
    text = " ".join("\n".join(pages(pdf)).split())
    assert SPECIAL in text
    assert "**" not in text
    assert "{{ref" not in text


@needs_poppler
def test_references_numbers_and_pages(pdf, lang):
    text = pages(pdf)
    body = " ".join("".join(text).split())
    feet = ["".join(page.split()) for page in text]
    assert said(lang, "见表 3 和图 1", "see Table 3 and Figure 1") in body
    total = len(text) - 1
    assert said(lang, f"第1页共{total}页", f"Page1of{total}") in feet[1]
    assert said(lang, "一、一级", "1 First") in body
    assert said(lang, "附件 1", "Appendix A") in body


@needs_poppler
def test_a_long_table_repeats_its_header_and_says_so(pdf, lang):
    with_header = [page for page in pages(pdf) if "HEADERWORD" in page]
    assert len(with_header) >= 3
    marks = [said(lang, "续表 3", "Table 3 (continued)") in page for page in with_header]
    assert marks == [False] + [True] * (len(with_header) - 1)
    assert re.findall(r"row(\d+)\b", "".join(with_header)) == [str(i) for i in range(90)]


@needs_poppler
def test_no_number_of_a_wide_table_is_broken(pdf):
    assert "".join(pages(pdf)).count("12,345.67") == 2 * 5 * 7


@needs_poppler
@pytest.mark.parametrize("cell", ["2020-08-10", "0.49个百分点", "（2019年）", "16件/万人"])
def test_what_belongs_together_stays_on_a_line(cell):
    # The same cell behind ever longer text: somewhere the line would end within it.
    rows = [["虚" * (20 + i) + cell + "构" * 9] + ["虚构的另一段文字" * 3] * 4 for i in range(12)]
    table = {"type": "table", "caption": "x", "columns": [{"header": "列"}] * 5, "rows": rows}
    document = {**broken(table), "key_messages": []}
    lines = poppler("pdftotext", compile_pdf(document, SVG, DAY), "-layout").replace(" ", "")
    number, _, word = cell.partition("个")
    assert lines.count(number) == 12
    assert lines.count(word) >= 12


_HEIGHTS = """
#import "table.typ": *
#import "fit.typ": *
#set text(lang: doc.lang, top-edge: 0.88em, bottom-edge: -0.12em, cjk-latin-spacing: auto, fallback: false)
#for t in doc.sections.map(s => s.blocks).flatten().filter(b => b.type == "table") {
  context for size in sizes {
    let columns = needs(t)
    let floors = ("whole", "short", "least")
    for l in floors.map(floor => layouts(columns, width-landscape, size, floor) + layouts(columns, 0.7 * width-landscape, size, floor)).flatten() {
      let computed = height-of(t, columns, l, t.rows.len(), tall)
      let drawn = measure(three-line(t, l, "here"), width: width-landscape).height
      if calc.abs((computed - drawn).pt()) > 0.01 { panic(t.id, l, computed, drawn) }
    }
  }
}
#figure(kind: table, supplement: none, [x]) <here>
"""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_tables_are_as_high_as_computed(lang):
    files = {**pdf_room._files(a_document(lang), SVG, style.font_set()), "main": _HEIGHTS.encode()}
    typst.compile(files, font_paths=pdf_room._typst_fonts(style.font_set()))


@needs_poppler
@pytest.mark.parametrize("word", ["“十四五”", "第十四个"])
def test_the_words_of_a_plan_stay_on_a_line_of_the_cover(word):
    """At 27 pt a line holds seventeen characters: each title ends its first line elsewhere in the word."""
    for before in range(12, 17):
        title = f"《{'市' * before}{word}科技创新规划》2022年度监测报告"
        document = {**a_document("zh"), "title": title, "key_messages": []}
        cover = pages(compile_pdf(document, SVG, DAY))[0].replace(" ", "")
        assert word in cover, cover


@needs_poppler
@pytest.mark.parametrize("chapters", [5, 7, 8])
def test_the_contents_leave_no_line_alone_on_a_page(chapters):
    """Five headings to a chapter: 25, 35 and 40 lines."""
    contents = pages(compile_pdf(long_document(chapters, 13), SVG, DAY))[1]
    assert len(re.findall(r"[章节] ?\d+ \.", contents)) == 5 * chapters


def long_document(chapters: int, length: int) -> dict:
    """A made-up document of some chapters, its first over so many pages."""
    inner = [{"heading": f"节{i}", "blocks": []} for i in range(4)]
    sections = [{"heading": f"章{i}", "blocks": [], "sections": inner} for i in range(chapters)]
    page = {"type": "paragraph", "text": "虚构的一页"}
    sections[0] = sections[0] | {"blocks": [page, {"type": "page_break"}] * (length - 1) + [page]}
    return {**a_document("zh"), "key_messages": [], "sections": sections}


@pytest.mark.parametrize(("length", "contents"), [(10, False), (13, True)])
def test_only_a_report_of_more_than_twelve_pages_has_contents(length, contents):
    pdf = compile_pdf(long_document(1, length), SVG, DAY)
    assert (b"/S/TOC" in pdf) is contents


@needs_poppler
def test_only_the_landscape_table_turns_its_page(pdf):
    info = poppler("pdfinfo", pdf, "-l", "99")
    sizes = re.findall(r"Page +\d+ size: +([\d.]+) x ([\d.]+)", info)
    assert sum(float(width) > float(height) for width, height in sizes) == 1


def broken(change: dict[str, Any]) -> dict[str, Any]:
    document = a_document("zh")
    document["sections"] = [{"heading": "甲", "blocks": [change]}]
    return document


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_missing_glyph_is_named_with_its_text(language):
    document = {**a_document(language), "subtitle": "生僻字\U00020bb7在此"}
    with pytest.raises(ZbError, match=r"U\+20BB7\) in “生僻字.在此” \(report › subtitle\)"):
        compile_pdf(document, SVG, DAY)


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({"type": "paragraph", "text": "见{{ref:nothing}}"}, "refers to no table or figure"),
        (
            {"type": "figure", "id": "line", "image": "other.svg", "alt": "a", "caption": "b"},
            "needs the picture other.svg",
        ),
        (
            {"type": "figure", "id": "line", "image": "made-up.svg", "alt": " ", "caption": "b"},
            "has no alt text",
        ),
        ({"type": "poem", "text": "x"}, "unknown type 'poem'"),
    ],
)
def test_mistakes_in_the_document_are_one_sentence(block, message):
    with pytest.raises(ZbError, match=message) as caught:
        compile_pdf(broken(block), SVG, DAY)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("columns", "turned"), [(4, False), (14, True)])
def test_auto_turns_only_a_table_that_needs_it(columns, turned):
    table = {
        "type": "table",
        "caption": "x",
        "columns": [{"header": "列"}] * columns,
        "rows": [["虚构的一段文字"] * columns],
        "landscape": "auto",
    }
    boxes = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", compile_pdf(broken(table), SVG, DAY))
    assert boxes
    assert any(float(width) > float(height) for width, height in boxes) is turned


def test_a_table_that_cannot_fit_is_refused_not_clipped():
    table = {
        "type": "table",
        "id": "huge",
        "caption": "x",
        "columns": [{"header": "x"}] * 12,
        "rows": [["Unbreakableunbreakable"] * 12],
    }
    document = {**broken(table), "key_messages": []}
    with pytest.raises(ZbError, match="'huge' does not fit"):
        compile_pdf(document, SVG, DAY)


def test_an_unknown_font_is_an_error_not_a_warning(monkeypatch):
    from zbanalysis.report import style

    fonts = style.font_set()
    ghost = style.Face("Ghost Song", fonts.body.path)
    monkeypatch.setattr(style, "font_set", lambda: style.FontSet(ghost, fonts.heading, fonts.title))
    with pytest.raises(ZbError, match="ghost song"):
        compile_pdf(a_document("zh"), SVG, DAY)

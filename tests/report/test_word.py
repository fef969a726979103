"""The Word file: real headings, captions, fields and pictures, faces for Han characters, the same bytes each time."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Pt
from test_workbook import WORDS, document

from zbanalysis.data import files
from zbanalysis.errors import InputError, ZbError
from zbanalysis.report import columns, output
from zbanalysis.report import word as word_module
from zbanalysis.report import words as labels
from zbanalysis.report.word import word

DAY = dt.datetime(2022, 4, 19, tzinfo=dt.UTC)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt"><rect width="9" height="9"/></svg>'


@pytest.fixture(scope="module")
def images() -> dict[str, bytes]:
    return output.pngs({"03_feasibility-fans.svg": SVG})


def report(lang: str = "zh") -> dict:
    """The workbook's sample, with every kind of block."""
    made = document(lang)
    made["key_messages"] = [
        {"type": "list", "items": ["**要点**一", "二"], "numbered": False, "plain": False},
    ]
    wide = {**made["sections"][1]["blocks"][1], "id": "wide", "landscape": True}
    made["sections"][1]["sections"] = [
        {"heading": "小节", "blocks": [
            {"type": "callout", "text": "甲\n乙"}, wide, {"type": "page_break"},
            {"type": "list", "items": ["[1] 来源"], "plain": True},
        ], "sections": []}
    ]  # fmt: skip
    made["cover"] |= {"kind": "总结评估", "plan": "规划", "lines": ["一行"]}
    return made


def opened(images: dict[str, bytes], lang: str = "zh"):
    return docx.Document(io.BytesIO(word(report(lang), images, lang, DAY)))


def xml_of(images: dict[str, bytes], name: str, lang: str = "zh") -> str:
    with zipfile.ZipFile(io.BytesIO(word(report(lang), images, lang, DAY))) as archive:
        return archive.read(name).decode("utf-8")


def test_headings_are_real_and_appendices_come_last(images):
    headings = [p for p in opened(images).paragraphs if p.style.name.startswith("Heading")]
    assert [(p.text, p.style.name) for p in headings] == [
        ("一", "Heading 1"), ("小节", "Heading 2"), ("附", "Heading 1"),
    ]  # fmt: skip
    numbers = [p._p.pPr.numPr for p in headings]
    assert [None if one is None else one.numId.val for one in numbers] == [None, None, 91]


@pytest.mark.parametrize(("lang", "texts"), [
    ("zh", ["附件 %1", "（%2）", "%3.", "（%4）", "%1、", "（%2）", "%3.", "（%4）"]),
    ("en", ["Annex %1", "%1.%2", "%1.%2.%3", "%1.%2.%3.%4", "%1", "%1.%2", "%1.%2.%3", "%1.%2.%3.%4"]),
])  # fmt: skip
def test_headings_are_numbered_as_in_the_pdf(images, lang, texts):
    assert re.findall(r'lvlText w:val="([^"]*)"', xml_of(images, "word/numbering.xml", lang))[:8] == texts
    style = opened(images, lang).styles["Heading 2"].element.pPr.numPr
    assert (style.ilvl.val, style.numId.val) == (1, 90)


def test_captions_and_references_are_fields_that_show_the_number(images):
    paragraphs = opened(images).paragraphs
    captions = [p.text for p in paragraphs if p.style.name == "Caption"]
    assert captions == ["表 1\u3000完成[情况]: 一/二", "图 1\u3000扇形", "表 2\u3000完成[情况]: 一/二"]
    assert any(p.text == "见图 1和表 1" for p in paragraphs)
    text = xml_of(images, "word/document.xml")
    marks = dict(re.findall(r'bookmarkStart w:id="(\d+)" w:name="(\w+)"', text))
    assert set(re.findall(r"REF (\w+) ", text)) <= set(marks.values())
    assert len(set(marks)) == len(marks) == 3
    assert "SEQ 表" in text
    assert "SEQ 图" in text


def test_tables_have_three_lines_and_repeat_their_headings(images):
    text = xml_of(images, "word/document.xml")
    assert text.count("<w:tblHeader/>") == 2
    assert text.count('<w:tblBorders><w:top w:val="single" w:sz="12"') == 2
    made = next(t for t in opened(images).tables if len(t.columns) == 5)
    assert [cell.text for cell in made.rows[1].cells] == ["1", "R&D经费", "2.70", "87.5%", "▼—"]
    assert sum(cell.width.mm for cell in made.rows[0].cells) == pytest.approx(156, abs=0.2)  # GB/T 9704


def test_a_wide_table_lies_and_the_page_after_it_stands(images):
    sizes = [round(section.page_width.mm) for section in opened(images).sections]
    assert sizes == [210, 297, 210]


def test_pictures_have_their_alternative_text(images):
    (shape,) = opened(images).inline_shapes
    assert shape._inline.docPr.get("descr") == "图"
    assert round(shape.width.mm) == 156
    # LibreOffice takes 3 mm where no distance is given, and the picture stood so far to the right.
    assert [shape._inline.get(f"dist{side}") for side in "TBLR"] == ["0"] * 4


@pytest.mark.parametrize(("lang", "code"), [("zh", "zh-CN"), ("en", "en-GB")])  # of the file
def test_faces_are_the_template_s_and_the_file_names_its_language(images, lang, code):
    file = opened(images, lang)
    runs = [run for p in file.paragraphs for run in p.runs if run.text.strip()]
    assert [run.text for run in runs if run._r.rPr is not None and run._r.rPr.rFonts is not None] == []
    # Latin letters called Chinese would be broken within numbers and words.
    assert '<w:lang w:val="en-GB" w:eastAsia="zh-CN"/>' in xml_of(images, "word/styles.xml", lang)
    assert file.core_properties.language == code
    assert 'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"' in xml_of(
        images, "word/settings.xml", lang
    )


def test_a_chinese_file_looks_as_official_documents_do(images):
    """GB/T 9704-2012: 小标宋 title in 二号, 仿宋 body in 三号, 黑体 and 楷体 headings, margins 37/35/28/26 mm."""
    file = opened(images)
    shown = {
        name: (file.styles[name].element.rPr.rFonts.get(qn("w:eastAsia")), file.styles[name].font.size.pt)
        for name in ("Title", "Report text", "Heading 1", "Heading 2")
    }
    assert shown == {
        "Title": ("方正小标宋简体", 22), "Report text": ("仿宋_GB2312", 16), "Heading 1": ("黑体", 16),
        "Heading 2": ("楷体_GB2312", 16),
    }  # fmt: skip
    page = file.sections[0]
    sides = (page.top_margin, page.bottom_margin, page.left_margin, page.right_margin)
    assert [round(side.mm) for side in sides] == [37, 35, 28, 26]
    # A machine that lacks a face is told another.
    assert '<w:font w:name="方正小标宋简体"><w:altName w:val="宋体"/>' in xml_of(images, "word/fontTable.xml")


def test_a_bureau_s_own_template_is_taken_and_a_wrong_one_refused(images, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "TEMPLATE", tmp_path)
    own = docx.Document(Path(word_module.__file__).with_name("report_zh.docx"))
    own.styles["Report text"].font.size = Pt(14)
    own.add_paragraph("what the bureau wrote to look at it")
    own.sections[0].header.paragraphs[0].text = "内部 {title}"
    own.save(tmp_path / "report_zh.docx")
    made = opened(images)
    assert made.styles["Report text"].font.size.pt == 14
    assert made.sections[0].header.paragraphs[0].text == "内部 评估报告"
    assert not any("bureau" in p.text for p in made.paragraphs)
    docx.Document().save(tmp_path / "report_zh.docx")
    with pytest.raises(InputError, match=r"report_zh\.docx lacks the style 'Report text'"):
        opened(images)
    (tmp_path / "report_zh.docx").write_bytes(b"no zip")
    with pytest.raises(InputError, match=r"report_zh\.docx cannot be read as a Word file"):
        opened(images)


def test_contents_and_page_numbers_are_fields(images, monkeypatch):
    assert "TOC" not in xml_of(images, "word/document.xml")  # three headings need no contents
    monkeypatch.setattr(word_module, "_CONTENTS_FROM", 2)
    text = xml_of(images, "word/document.xml")
    assert 'TOC \\o "1-3"' in text
    assert text.count('fldCharType="begin"') == text.count('fldCharType="end"')
    shown = [p.text for p in opened(images).paragraphs]
    assert shown.index("一、一") < shown.index("附录 1 附")
    (foot,) = opened(images).sections[0].footer.paragraphs
    assert foot.text == "— 1 —"
    (foot,) = opened(images, "en").sections[0].footer.paragraphs
    assert foot.text == "Page 1 of 1"


def test_strong_words_are_bold_in_english_and_another_face_in_chinese(images):
    for lang, bold, face in (("zh", False, "黑体"), ("en", True, None)):
        file = opened(images, lang)
        (run,) = [run for p in file.paragraphs for run in p.runs if run.text == "要点" and
                  p.style.name == "List Bullet small"]  # fmt: skip
        assert run.style.name == "Strong"
        fonts = run.style.element.rPr.rFonts
        assert (run.style.font.bold, (fonts is not None and fonts.get(qn("w:eastAsia"))) or None) == (
            bold,
            face,
        )


def test_a_missing_picture_and_an_unknown_block_are_told(images):
    with pytest.raises(ZbError, match=r"picture 03_feasibility-fans\.svg, which was not made"):
        word(report(), {}, "zh", DAY)
    wrong = report()
    wrong["sections"][0]["blocks"] = [{"type": "poem"}]
    with pytest.raises(ZbError, match="unknown type 'poem'"):
        word(wrong, images, "zh", DAY)


def test_a_reference_within_strong_words_shows_its_number(images):
    """It showed its braces."""
    made = report()
    made["sections"][1]["blocks"].append({"type": "paragraph", "text": "**见{{ref:main}}。**"})
    shown = [p.text for p in docx.Document(io.BytesIO(word(made, images, "zh", DAY))).paragraphs]
    assert "见表 1。" in shown


def test_a_control_character_does_not_break_the_file(images):
    wrong = report()
    wrong["sections"][0]["blocks"] = [{"type": "paragraph", "text": "甲\x0b乙\n丙"}]
    shown = [p.text for p in docx.Document(io.BytesIO(word(wrong, images, "zh", DAY))).paragraphs]
    assert "甲乙丙" in shown


def test_properties_carry_the_report_s_day_and_no_clock(images):
    made = word(report(), images, "zh", DAY)
    properties = docx.Document(io.BytesIO(made)).core_properties
    assert (properties.title, properties.author) == ("评估报告", "局")
    assert {properties.created, properties.modified} == {DAY}
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"


PROGRAM = """
import datetime as dt, hashlib, json, sys
from zbanalysis.report import output, words as labels
from zbanalysis.report.word import word
words, document, svg = json.loads(sys.stdin.read())
labels._words = lambda: words
images = output.pngs({"03_feasibility-fans.svg": svg})
print(hashlib.sha256(word(document, images, "zh", dt.datetime(2022, 4, 19))).hexdigest())
"""


def test_another_process_writes_the_same_bytes(root, images):
    given = json.dumps([labels._words(), report(), SVG])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=given, capture_output=True, text=True, check=True, cwd=root,
        env={"PYTHONHASHSEED": "2", "TZ": "Asia/Shanghai", "PYTHONPATH": str(root), "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.stdout.strip() == hashlib.sha256(word(report(), images, "zh", DAY)).hexdigest()


def test_a_picture_keeps_its_size_and_a_broken_one_is_told():
    made = output.png(SVG, sharpness=144)
    assert struct.unpack(">II", made[16:24]) == (144, 72)
    with pytest.raises(ZbError, match="could not be turned into a PNG"):
        output.png("<svg")


def test_both_languages_have_all_the_words_of_the_template():
    assert set(WORDS["zh"]) == set(WORDS["en"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_column_is_narrower_than_its_longest_number(lang):
    heads = [{"header": header} for header in ("No.", "Indicator", "Value", "Period")]
    long = "a long name of an indicator that goes over several lines " * 4
    rows = [["1", long, "-29 to 13692.4", "2019"], ["10", long, "2.63", "2020"]]
    needs = columns._needs(heads, rows, lang, 1.4, set())
    widths = columns.widths(heads, rows, lang, 160.0)
    assert sum(widths) == pytest.approx(160.0, abs=0.1)
    millimetres = 9 * 0.5 * 25.4 / 72 * 0.9  # a figure in 9 pt
    for number, longest in ((2, "13692.4"), (3, "2019")):
        assert widths[number] > len(longest) * millimetres
    # Short cells stay whole, the long one takes the rest.
    assert widths[2] >= needs[1][2] - 0.01
    assert widths[1] > 80


def test_a_table_too_wide_for_its_words_gives_way_everywhere():
    heads = [{"header": "Extraordinarily" * 3} for _ in range(6)]
    widths = columns.widths(heads, [["x"] * 6], "en", 160.0)
    assert sum(widths) == pytest.approx(160.0, abs=0.1)
    assert len({round(width, 2) for width in widths}) == 1


def test_long_names_get_the_room_that_short_cells_can_spare():
    """Eight columns of figures with their brackets on one line left the names one word a line."""
    heads = [{"header": head} for head in ("No.", "Indicator", *("Projected value",) * 4)]
    name = "High-tech industry's share of industrial output (firms above designated size)"
    rows = [["1", name, *("between 42.41 and 97.3",) * 4]] * 3
    widths = columns.widths(heads, rows, "en", 160.0)
    lines = columns._lines_of([[[1.42 * columns._length(cell)] for cell in row] for row in rows], widths)
    assert lines <= 3 * 4
    assert widths[1] > 30

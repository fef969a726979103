"""A Word file as paragraphs and tables: what it shows, with the marks that Word makes by itself."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from zbanalysis.entry import workbook
from zbanalysis.entry.problems import EntryError
from zbanalysis.entry.reading.document import Block, Document
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement as _Element


def read(content: bytes, path: Path, lang: str) -> Document:
    """The body of a Word file.

    Raises
    ------
    EntryError
        If it is no Word file, is damaged, or unpacks to more than any plan.
    """
    import docx

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names, size = set(parts.namelist()), sum(part.file_size for part in parts.infolist())
        # Sizes stand in the directory of the archive: looked at before a byte is unpacked.
        if "word/document.xml" in names and size <= workbook.PARTS_BYTES:
            return Document("paragraph", tuple(_body(docx.Document(io.BytesIO(content)))))
    except Exception as error:  # what a damaged part raises is python-docx's own affair
        raise EntryError(label("entry.draft.broken", lang, file=path)) from error
    key = "no_document" if "word/document.xml" not in names else "unpacks"
    raise EntryError(label(f"entry.draft.{key}", lang, file=path))


def _body(document: object) -> Iterator[Block]:
    """Paragraphs with text and tables of the body, those in content controls too."""
    from docx.oxml.ns import qn

    levels = {style.style_id: _style_level(style.name or "") for style in document.styles}
    numbers = _Numbering(document)
    paragraphs = tables = 0
    for element in document.element.body.iter(qn("w:p"), qn("w:tbl")):
        if any(over.tag in (qn("w:tbl"), qn("w:txbxContent")) for over in element.iterancestors()):
            continue
        if element.tag == qn("w:tbl"):
            tables += 1
            rows = tuple(_table_rows(element))
            yield Block("", ((0, tables),), rows=rows, table=tables)
            continue
        text = _text(element)
        if not text.strip():
            continue
        paragraphs += 1
        style = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        outline = element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        level = levels.get(style.get(qn("w:val")), 0) if style is not None else 0
        if (
            outline is not None
            and outline.get(qn("w:val"), "9").isdigit()
            and int(outline.get(qn("w:val"))) < 9
        ):
            level = int(outline.get(qn("w:val"))) + 1
        yield Block(numbers.mark(element) + text, ((0, paragraphs),), level=level)


def _style_level(name: str) -> int:
    match = re.fullmatch(r"(?:heading|标题)\s*(\d)", name.strip().lower())
    return int(match[1]) if match else 0


def _text(paragraph: _Element) -> str:
    """Words of a paragraph as they show: without what was struck out in revision."""
    from docx.oxml.ns import qn

    found = []
    for element in paragraph.iter(qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:noBreakHyphen")):
        over = [above.tag for above in element.iterancestors()]
        if qn("w:del") in over or qn("w:tabs") in over or qn("w:txbxContent") in over:
            continue
        texts = {qn("w:tab"): "\t", qn("w:br"): " ", qn("w:noBreakHyphen"): "-"}
        found.append(texts.get(element.tag, element.text or ""))
    return "".join(found)


def _table_rows(table: _Element) -> Iterator[tuple[str, ...]]:
    """Rows of a table; a cell that is merged downwards or across says its words in each place."""
    from docx.oxml.ns import qn

    above: list[str] = []
    for row in table.iterchildren(qn("w:tr")):
        cells: list[str] = []
        for cell in row.iter(qn("w:tc")):
            if next(cell.iterancestors(qn("w:tr"))) is not row:
                continue
            about = cell.find(qn("w:tcPr"))
            span = about.find(qn("w:gridSpan")) if about is not None else None
            down = about.find(qn("w:vMerge")) if about is not None else None
            words = "\n".join(text for one in cell.iter(qn("w:p")) if (text := _text(one).strip()))
            if (
                down is not None
                and down.get(qn("w:val"), "continue") == "continue"
                and len(above) > len(cells)
            ):
                words = above[len(cells)]
            cells += [words] * int(span.get(qn("w:val")) if span is not None else 1)
        above = cells
        yield tuple(cells)


class _Numbering:
    """The marks that Word makes by itself before numbered paragraphs, such as 一、 or 3.2."""

    def __init__(self, document: object) -> None:
        from docx.oxml.ns import qn

        self.q, self.counts = qn, {}
        self.levels: dict[tuple[str, int], tuple[str, str]] = {}
        part = next(
            (rel.target_part for rel in document.part.rels.values() if "numbering" in rel.reltype), None
        )
        if part is None:
            return
        root = part.element
        abstract = {
            one.get(qn("w:abstractNumId")): {
                int(level.get(qn("w:ilvl"))): (
                    self._value(level, "w:numFmt"),
                    self._value(level, "w:lvlText"),
                )
                for level in one.iter(qn("w:lvl"))
            }
            for one in root.iterchildren(qn("w:abstractNum"))
        }
        for one in root.iterchildren(qn("w:num")):
            for depth, how in abstract.get(self._value(one, "w:abstractNumId"), {}).items():
                self.levels[one.get(qn("w:numId")), depth] = how

    def _value(self, element: _Element, name: str) -> str:
        child = element.find(self.q(name))
        return child.get(self.q("w:val"), "") if child is not None else ""

    def mark(self, paragraph: _Element) -> str:
        about = paragraph.find(f"{self.q('w:pPr')}/{self.q('w:numPr')}")
        if about is None:
            return ""
        name, depth = self._value(about, "w:numId"), int(self._value(about, "w:ilvl") or 0)
        if (name, depth) not in self.levels:
            return ""
        counts = self.counts.setdefault(name, Counter())
        counts[depth] += 1
        for deeper in [one for one in counts if one > depth]:
            del counts[deeper]
        text = self.levels[name, depth][1]
        for one in range(depth + 1):
            kind = self.levels.get((name, one), ("decimal", ""))[0]
            number = max(counts[one], 1)
            shown = _han(number) if "hinese" in kind or "ideograph" in kind else f"{number}"
            text = text.replace(f"%{one + 1}", shown)
        kind = self.levels[name, depth][0]
        return (
            "" if kind in ("bullet", "none") else text + ("" if re.search("[、）)章节篇.．]$", text) else " ")
        )


def _han(number: int) -> str:
    tens, ones = divmod(number, 10)
    signs = "零一二三四五六七八九"
    return (signs[tens] if tens > 1 else "") + ("十" if tens else "") + (signs[ones] if ones else "")

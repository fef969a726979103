"""A plan's own document as paragraphs and tables in reading order: Word, PDF or plain text.

What is read is what a reader sees: merged cells say the same in every place they cover, lines that a page
or a margin broke are one paragraph again, page numbers and running heads are gone.
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from zbanalysis.entry import workbook
from zbanalysis.entry.problems import EntryError
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement as _Element

HAN = "\u3400-\u9fff"
WIDE = HAN + "，。、；：“”（）《》〔〕—"
ENDS = re.compile(r"[。；：！？.!?:;”\"）)】』>]$")
STARTS = re.compile(
    r"^(?:第[一二三四五六七八九十百\d]+[篇编章节部条]|[一二三四五六七八九十]+、|[（"
    r"(][一二三四五六七八九十\d]+[）)]"
    r"|\d{1,2}(?:\.\d{1,2})*[.、．]\s*[^\d\s]|\d{1,2}(?:\.\d{1,2})*\s+[A-Z]|[—–-]{1,2}|专栏|表\s*\d"
    r"|图\s*\d|附|注[：:]|[●•■◆▪]|(?:Table|Box|Action|Lead)\b|[A-Z][\w ]{2,20}:\s)"
)
_MARKDOWN = re.compile(r"^#{1,6}\s+|\*\*|</?(?:p|b|strong|div)>")


RAISED = r"[\d①-⑳*＊†‡,，\[\]〔〕()（）注\s]+"
"""Raised words that are a footnote mark."""


def joined(before: str, line: str) -> str:
    """Two lines as one: without a blank beside Chinese, and a word that was divided is whole again.

    Examples
    --------
    >>> joined("提高创新", "能力"), joined("more jobs", "and homes"), joined("invest-", "ment")
    ('提高创新能力', 'more jobs and homes', 'investment')
    """
    if re.search("[a-z]-$", before):
        return before[: -1 if line[:1].islower() else None] + line
    close = re.search(f"[{HAN}，。、；：”）—/（(]$", before) or re.match(f"[{HAN}，、—）)]", line)
    return before + ("" if close else " ") + line


@dataclass(frozen=True)
class Block:
    """A paragraph (``text``) or a table (``rows``, cells as text).

    ``marks`` says from which letter on the text stands at which place: a paragraph's number in a Word file,
    a page of a PDF, a line of a text.  ``level`` is that of a heading's style, 0 where it has none; ``table``
    the number of a table in the file.
    """

    text: str
    marks: tuple[tuple[int, int], ...]
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()
    table: int = 0

    def at(self, letter: int = 0) -> int:
        """The place of a letter."""
        return max((mark for mark in self.marks if mark[0] <= letter), default=self.marks[0])[1]

    def longer(self, line: str, place: int) -> Block:
        """The paragraph with the next of its lines."""
        text = joined(self.text, line)
        return replace(self, text=text, marks=(*self.marks, (len(text) - len(line), place)))


@dataclass(frozen=True)
class Document:
    """Blocks in reading order; ``unit`` is what their places count: paragraph, page or line."""

    unit: str
    blocks: tuple[Block, ...]


def read(path: Path, lang: str) -> Document:
    """A document of words.

    Parameters
    ----------
    path
        A ``.docx``, ``.pdf`` or text file (UTF-8, UTF-16 or GBK).
    lang
        The language of the message if it cannot be read.

    Raises
    ------
    EntryError
        If it is none of these, is under a password, damaged, empty, or holds pictures of words only.
    """
    content = workbook.file_content(path, lang)
    from zbanalysis.entry.reading import pages

    if content.startswith(b"%PDF") or (path.suffix.lower() == ".pdf" and b"%PDF" in content[:1024]):
        document = pages.read(content, path, lang)
    elif content.startswith(b"PK"):
        document = word(content, path, lang)
    elif content.startswith(workbook.OLD):
        locked = workbook.ENCRYPTED in content
        raise EntryError(label(f"entry.draft.{'password' if locked else 'old_word'}", lang, file=path))
    else:
        text = workbook.decoded(content)
        if text is None or "\0" in text or path.suffix.lower() in (".pdf", ".docx", ".doc"):
            raise EntryError(label("entry.draft.no_document", lang, file=path))
        document = Document("line", tuple(tabled(_paragraphs(_lines(text)))))
    if not any(block.text.strip() or block.rows for block in document.blocks):
        raise EntryError(label("entry.draft.empty", lang, file=path))
    return document


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """Lines with their numbers, without the signs of Markdown."""
    for number, line in enumerate(text.splitlines(), start=1):
        # A line of HTML paragraphs is several.
        for part in re.split(r"</p>\s*(?=<p>)", line):
            words = _MARKDOWN.sub("", part).rstrip()
            if words.strip():
                yield words.strip(" \u3000"), number


def _paragraphs(lines: Iterable[tuple[str, int]]) -> list[Block]:
    """Paragraphs: a line that ends within a sentence goes on in the next."""
    paragraphs: list[Block] = []
    for text, place in lines:
        if paragraphs and goes_on(paragraphs[-1].text, text):
            paragraphs[-1] = paragraphs[-1].longer(text, place)
        else:
            paragraphs.append(Block(text, ((0, place),)))
    return paragraphs


def goes_on(before: str, text: str) -> bool:
    """Whether a line goes on in the next.

    Examples
    --------
    >>> goes_on("科技综合实力进一步增强。将增强自主创新的能力作为科技", "发展的基点")
    True
    >>> goes_on("二、总体要求", "坚持创新")
    False
    """
    in_table = any("\t" in one or one.count("|") > 1 for one in (before, text))
    if in_table or STARTS.match(text) or ENDS.search(before):
        return False
    if re.search(f"[{HAN}]", before):
        return len(before) >= 25 or (len(before) > 15 and before.endswith(("，", "、")))
    return before.endswith(",") or (len(before) > 50 and not re.match(r"\d+(\.\d+)*\s", before))


def tabled(blocks: Sequence[Block], *, even: bool = False) -> list[Block]:
    """Lines of the same number of cells, with tabs or bars between, are a table.

    ``even`` asks that most rows have as many cells as the first: gaps on a page without rules are no columns.
    """
    joined: list[Block] = []
    tables = 0
    # Lines of signs only divide the rows of a table.
    lines = [(one, _cells(one.text)) for one in blocks if not re.fullmatch(r"[-:|\s]+", one.text)]
    for in_table, group in itertools.groupby(lines, key=lambda line: len(line[1]) > 2):
        rows = list(group)
        sizes = [len(cells) for _, cells in rows]
        if not in_table:
            joined += [block for block, _ in rows]
        elif even and sizes.count(sizes[0]) < 0.8 * len(rows):
            joined += [Block(" ".join(cells), ((0, block.at()),)) for block, cells in rows]
        else:
            tables += 1
            marks = tuple((number, block.at()) for number, (block, _) in enumerate(rows))
            whole = tuple(cells + ("",) * (max(sizes) - len(cells)) for _, cells in rows)
            joined.append(Block("", marks, rows=whole, table=tables))
    return joined


def _cells(text: str) -> tuple[str, ...]:
    """Cells of a line with tabs or bars between; one where it is a line of contents."""
    cells = re.split(r"\t|(?<!\|)\|(?!\|)", text.strip("|"))
    return (text,) if is_contents(text) else tuple(cell.strip() for cell in cells)


def is_contents(text: str) -> bool:
    r"""Whether a line is one of a table of contents: it ends with a page number after dots or a tab.

    Examples
    --------
    >>> is_contents("第一章　规划基础\t1"), is_contents("1  Where we stand ..... 2"), is_contents("完成 8")
    (True, True, False)
    """
    return bool(re.search(r"^[^\t]*(?:\t+|[.．·…]{3,}|\s{4,})\s*[（(—-]?\s*\d{1,3}\s*[）)—-]?$", text))


_MARKS = re.compile(
    r"(?<=[\d%上下右])(?:[①-⑳¹²³⁰-⁹]+|[\[［〔]注?\d{1,2}[\]］〕])(?=[%，。；、,;\s]|$)"
    r"|(?<=[\d.]\d)\s+\d(?=\s*%)"
)
"""Footnote marks behind a figure."""
_WIDE = str.maketrans("０１２３４５６７８９．％", "0123456789.%")


def squeezed(text: str) -> tuple[str, list[int]]:
    """Chinese text without blanks that mean nothing and marks behind figures, and where each letter stood.

    Examples
    --------
    >>> texts = ("达到 ５５％", "达到55①%", "达到55%以上[1]。", "达到1 234张", "1，234张", "55 1 %", "5 5%")
    >>> [squeezed(one)[0] for one in texts]
    ['达到55%', '达到55%', '达到55%以上。', '达到1234张', '1,234张', '55%', '55%']
    """
    text = re.sub(r"(?<!\d)(\d{1,3})，(?=\d{3}(?!\d))", r"\1,", text.translate(_WIDE))
    marks = {n for match in _MARKS.finditer(text) for n in range(*match.span())}
    # Between words of letters a blank means something.
    blanks = {match.start() for match in re.finditer(r"(?<=[\x00-\x2f\x3a-\x7f])\s(?![^\x00-\x7f])", text)}
    kept = [n for n, one in enumerate(text) if n not in marks and (not one.isspace() or n in blanks)]
    return "".join(text[n] for n in kept), kept


# --- Word: what a file shows, with the marks that Word makes by itself ---


def word(content: bytes, path: Path, lang: str) -> Document:
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


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _value(element: _Element, path: str, default: str = "") -> str:
    """What the element at a path says, ``pPr/pStyle``; empty where there is none."""
    child = element.find("/".join(_W + name for name in path.split("/")))
    return child.get(f"{_W}val", default) if child is not None else ""


def _body(document: object) -> Iterator[Block]:
    """Paragraphs with text and tables of the body, those in content controls too."""
    names = {style.style_id: (style.name or "").strip().lower() for style in document.styles}
    heads = {name: re.fullmatch(r"(?:heading|标题)\s*(\d)", words) for name, words in names.items()}
    numbers = _Numbering(document)
    paragraphs = tables = 0
    for element in document.element.body.iter(f"{_W}p", f"{_W}tbl"):
        if any(over.tag in (f"{_W}tbl", f"{_W}txbxContent") for over in element.iterancestors()):
            continue
        if element.tag == f"{_W}tbl":
            tables += 1
            yield Block("", ((0, tables),), rows=tuple(_table_rows(element)), table=tables)
        elif (text := _text(element)).strip():
            paragraphs += 1
            head = heads.get(_value(element, "pPr/pStyle"))
            outline = re.fullmatch("[0-8]", _value(element, "pPr/outlineLvl", "9"))
            level = int(outline[0]) + 1 if outline else int(head[1]) if head else 0
            yield Block(numbers.mark(element) + text, ((0, paragraphs),), level=level)


_SIGNS = {f"{_W}tab": "\t", f"{_W}br": " ", f"{_W}noBreakHyphen": "-"}


def _text(paragraph: _Element) -> str:
    """Words of a paragraph as they show: without what is struck out or hidden, and without footnote marks."""
    words = ""
    for element in paragraph.iter(f"{_W}t", *_SIGNS):
        if {f"{_W}del", f"{_W}tabs", f"{_W}txbxContent"} & {above.tag for above in element.iterancestors()}:
            continue
        # How the run of letters looks: what is on, by the names that Word gives it.
        about = element.getparent().find(f"{_W}rPr")
        on = {one.tag.removeprefix(_W): one.get(f"{_W}val", "on") for one in ([] if about is None else about)}
        looks = {name: value for name, value in on.items() if value not in ("0", "false", "off")}
        # Letters carry a raised digit of their own, as in km².
        raised = looks.get("vertAlign") == "superscript" and not re.search("[A-Za-z]$", words)
        is_mark = raised and re.fullmatch(RAISED, element.text or "")
        if not is_mark and not {"strike", "dstrike", "vanish"} & looks.keys():
            words += _SIGNS.get(element.tag, element.text or "")
    return words


def _table_rows(table: _Element) -> Iterator[tuple[str, ...]]:
    """Rows of a table; a cell that is merged downwards or across says its words in each place."""
    above: list[str] = []
    for row in table.iterchildren(f"{_W}tr"):
        cells: list[str] = []
        for cell in row.iter(f"{_W}tc"):
            if next(cell.iterancestors(f"{_W}tr")) is not row:
                continue
            words = "\n".join(text for one in cell.iter(f"{_W}p") if (text := _text(one).strip()))
            goes_down = _value(cell, "tcPr/vMerge", "continue") == "continue"
            words = above[len(cells)] if goes_down and len(above) > len(cells) else words
            cells += [words] * int(_value(cell, "tcPr/gridSpan") or 1)
        above = cells
        yield tuple(cells)


class _Numbering:
    """The marks that Word makes by itself before numbered paragraphs, such as 一、 or 3.2."""

    def __init__(self, document: object) -> None:
        self.counts: dict[str, Counter] = defaultdict(Counter)
        levels: dict[str, dict[int, tuple[str, str]]] = defaultdict(dict)
        self.levels: dict[str, dict[int, tuple[str, str]]] = {}
        for part in (rel.target_part for rel in document.part.rels.values() if "numbering" in rel.reltype):
            for one in part.element.iter(f"{_W}lvl"):
                own, depth = one.getparent().get(f"{_W}abstractNumId"), int(one.get(f"{_W}ilvl"))
                levels[own][depth] = _value(one, "numFmt"), _value(one, "lvlText")
            for one in part.element.iter(f"{_W}num"):
                self.levels[one.get(f"{_W}numId")] = levels[_value(one, "abstractNumId")]

    def mark(self, paragraph: _Element) -> str:
        name, depth = _value(paragraph, "pPr/numPr/numId"), int(_value(paragraph, "pPr/numPr/ilvl") or 0)
        levels, counts = self.levels.get(name, {}), self.counts[name]
        if depth not in levels:
            return ""
        counts[depth] += 1
        for deeper in [one for one in counts if one > depth]:
            del counts[deeper]
        kind, text = levels[depth]
        for one in range(depth + 1):
            signs, number = levels.get(one, ("decimal", ""))[0], max(counts[one], 1)
            shown = _han(number) if "hinese" in signs or "ideograph" in signs else f"{number}"
            text = text.replace(f"%{one + 1}", shown)
        text += "" if re.search("[、）)章节篇.．]$", text) else " "
        return "" if kind in ("bullet", "none") else text


def _han(number: int) -> str:
    tens, ones = divmod(number, 10)
    signs = "零一二三四五六七八九"
    return (signs[tens] if tens > 1 else "") + ("十" if tens else "") + (signs[ones] if ones else "")

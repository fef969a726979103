"""Both languages of a report → one web page that needs nothing else: no network, no server, no other file.

Everything of data is escaped by the template; a chart is rebuilt from known elements and attributes only, and
the policy in the page's head lets nothing run but its one script, known by its hash.  With scripts off
the page still reads whole: what the script adds (sorting, CSV, one language at a time) is not in the file.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote
from xml.etree import ElementTree

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from zbanalysis.errors import ZbError
from zbanalysis.report import output, style
from zbanalysis.report.words import NONE, label

TAGS = {"zh": "zh-CN", "en": "en"}
"""Languages as HTML names them."""
_WEB = Path(__file__).with_name("web")
_SHAPES = {
    "o": "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "^": "M0-4.4 4.4 3.6h-8.8z",
    "v": "M0 4.4 4.4-3.6h-8.8z",
    "<": "M-4.4 0 3.6-4.4v8.8z",
    "p": "M0-4.4 4.2-1.4 2.6 3.6h-5.2L-4.2-1.4z",
    "s": "M-3.6-3.6h7.2v7.2h-7.2z",
    "D": "M0-4.6 4.6 0 0 4.6-4.6 0z",
    "X": "M-4-2.4-2.4-4 0-1.6 2.4-4 4-2.4 1.6 0 4 2.4 2.4 4 0 1.6-2.4 4-4 2.4-1.6 0z",
}
"""Outlines of the markers of `style.SIGNS`, for the signs beside judgements."""
_CITED = re.compile(r"\[(\d+)(?:[—–]\d+)?\]")
_LISTED = re.compile(r"\[([\d、, —–]+)\] ")


def page(
    editions: Mapping[str, Mapping[str, Mapping]],
    images: Mapping[str, Mapping[str, str]],
    sources: Mapping[str, int],
) -> bytes:
    """The page of a report.

    Parameters
    ----------
    editions
        Language → volume → document, as `volumes.documents` gives them.
    images
        Language → the charts of `results.images`.
    sources
        Number of each document used, by its id.

    Returns
    -------
    bytes
        HTML in UTF-8, the same for the same arguments.

    Raises
    ------
    ZbError
        If a picture was not handed over, or a block is of an unknown type.
    """
    drawings = Drawings()
    made = [Edition(lang, volumes, images[lang], sources, drawings) for lang, volumes in editions.items()]
    look, script = _rendered("page.css", roles=style.SIGNS.items()).strip(), _rendered("page.js").strip()
    policy = (
        f"default-src 'none'; style-src '{_hash(look)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    title = " · ".join(edition.title for edition in made)
    return _rendered(
        "page.html", title=title, editions=made, drawings=drawings, shapes=_SHAPES.items(), signs=style.SIGNS,
        style=look, script=script, policy=policy,
    ).encode("utf-8")  # fmt: skip


def link(address: str, text: str) -> Markup:
    """A link to a file beside the page."""
    return Markup('<a href="{}">{}</a>').format(quote(address), text)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_WEB), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip


def _rendered(name: str, **values: object) -> Markup:
    """A file of `web/` with values, without empty lines: style and script may not change after their hash."""
    text = _environment().get_template(name).render(**values)
    return Markup(re.sub(r"\n\s*\n+", "\n", text))


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _listed(item: str) -> list[str]:
    """Numbers of the documents that an entry of the list of sources is about.

    Examples
    --------
    >>> _listed("[2, 4–6] Yearbooks"), _listed("2 of 3")
    (['2', '4', '5', '6'], [])
    """
    match = _LISTED.match(item)
    runs = re.findall(r"(\d+)(?:[—–](\d+))?", match[1]) if match else []
    return [str(number) for first, last in runs for number in range(int(first), int(last or first) + 1)]


class Edition:
    """One language of the page, as the template asks for it."""

    def __init__(
        self, lang: str, documents: Mapping[str, Mapping], images: Mapping[str, str],
        sources: Mapping[str, int], drawings: Drawings,
    ) -> None:  # fmt: skip
        self.lang, self.tag, self.colon = lang, TAGS[lang], "：" if lang == "zh" else ": "
        self._documents, self._images, self._drawings = documents, images, drawings
        self._sources = {source: f"[{number}]" for source, number in sources.items()}
        main = next(iter(documents.values()))
        self.title, self.labels = main["title"], main["labels"]
        own = {name: output.numbered(document) for name, document in documents.items()}
        self.names = {ident: number for names in own.values() for ident, number in names.items()}
        # The report proper names a table of the annex by its number.
        self._elsewhere = {number: ident for ident, number in own.get("annex", {}).items()}
        longest = sorted(self._elsewhere, key=len, reverse=True)
        numbers = [rf"({re.escape(number)})(?!\d)" for number in longest]
        marks = [output.REFERENCE.pattern, output.STRONG.pattern, _CITED.pattern, *numbers]
        self._marks = re.compile("|".join(marks))

    def word(self, key: str) -> str:
        """A word of the page itself."""
        return label(f"web.{key}", self.lang)

    @cached_property
    def cited(self) -> dict[str, str]:
        """The line of each document in the list of sources, by its number."""
        every = (block for document in self._documents.values() for block in output.blocks(document))
        lists = (block["items"] for block in every if block["type"] == "list" and block.get("plain"))
        return {number: item for items in lists for item in items for number in _listed(item)}

    def entry(self, item: str) -> Markup:
        """An item of a list, with an anchor for each document that it lists."""
        anchors = [Markup('<a id="{}-source-{}"></a>').format(self.lang, one) for one in _listed(item)]
        return Markup("").join(anchors) + (escape(output.clean(item)) if anchors else self.rich(item))

    @cached_property
    def volumes(self) -> list[dict]:
        """The volumes, each with its sections in a row."""
        return [self._volume(name, document) for name, document in self._documents.items()]

    def _volume(self, name: str, document: Mapping) -> dict:
        cover = document.get("cover", {})
        lines = cover.get("lines", [])
        below = [document.get("subtitle"), cover.get("plan"), cover.get("as_of"), cover.get("date"), *lines]
        sections, path = [], []
        for section, counts, appendix in output.sections(document):
            level, appendix_word = len(counts), self.labels["appendix"]
            path[level - 1 :] = [section.get("id") or str(counts[-1])]
            sections.append({
                "level": level,
                "rank": min(level + (1 if name == "main" else 2), 6),
                "anchor": "-".join([self.lang, name, *(path[-1:] if section.get("id") else path)]),
                "number": output.heading_number(counts, self.lang, appendix_word, appendix=appendix),
                "heading": output.plain(section["heading"], self.names),
                "blocks": section.get("blocks", []),
            })  # fmt: skip
        return {
            "name": name, "title": document["title"], "heading": document.get("subtitle", ""),
            "above": list(filter(None, [cover.get("organisation"), cover.get("kind")])),
            "below": list(filter(None, below)),
            "key_messages": document.get("key_messages", []), "sections": sections,
        }  # fmt: skip

    def rich(self, text: object) -> Markup:
        """Text with its marks: strong words, references to tables and documents as links."""
        if isinstance(text, Markup):  # a link of ours; nothing of data is Markup
            return text
        text, made, at = output.clean(text), Markup(), 0
        for match in self._marks.finditer(text):
            made += escape(text[at : match.start()]) + self._marked(match)
            at = match.end()
        return made + escape(text[at:])

    def _marked(self, match: re.Match) -> Markup:
        reference, strong, cited, *_ = match.groups()
        if strong:
            return Markup("<strong>{}</strong>").format(self.rich(strong))
        if cited and cited not in self.cited:
            return escape(match[0])
        name = f"source-{cited}" if cited else reference.strip() if reference else self._elsewhere[match[0]]
        shown = self.names[name] if reference else match[0]
        return Markup('<a href="#{}-{}">{}</a>').format(self.lang, name, shown)

    def chart(self, name: str) -> dict:
        """A chart, with the table of what can be pointed at in it."""
        if name not in self._images:
            raise ZbError(f"The web page needs the picture {name}, which was not made.")
        svg, rows = self._drawings.inline(self._images[name], self._named)
        used = [place for place in range(5) if any(row[place] for row in rows)]
        sides = ("left", "left", "right", "left", "left")
        columns = [{"header": self.word(f"column.{place}"), "align": sides[place]} for place in used]
        return {"svg": svg, "columns": columns, "rows": [[row[place] for place in used] for row in rows]}

    def _named(self, source: str) -> tuple[str, str]:
        """A document's number, and its line in the list of sources."""
        number = self._sources.get(source, source)
        return number, self.cited.get(number.strip("[]"), number)

    def refuse(self, kind: str) -> NoReturn:
        """No block is left out silently."""
        raise ZbError(f"The report has a block of the unknown type {kind!r}; see reports/template/README.md.")


_ELEMENTS = {"svg", "g", "path", "use", "rect", "clipPath", "title"}
_LOOKS = {
    "fill", "fill-opacity", "fill-rule", "opacity", "stroke", "stroke-width", "stroke-dasharray",
    "stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-opacity",
}  # fmt: skip
_PLACES = {"d", "x", "y", "width", "height", "transform", "viewBox"}
_IDLE = {("stroke-dashoffset", "0"), ("stroke-linecap", "butt"), ("stroke-linejoin", "round")}
"""What the page's style says of every chart."""
_LONG = re.compile(r"-?\d+\.\d{3,}")


class Drawings:
    """The charts of a page; outlines of letters and marks that they share stand once, at its end."""

    def __init__(self) -> None:
        self._shared: dict[str, str] = {}

    def inline(self, svg: str, named: Callable[[str], tuple[str, str]]) -> tuple[Markup, list[list[str]]]:
        """A chart as the page can hold it, without style attributes, which its policy forbids.

        Parameters
        ----------
        svg
            SVG text of `style.to_svg`.
        named
            Id of a document → its number, and what is shown of it when a point is pointed at.

        Returns
        -------
        tuple
            The element, and name, content, value, period and source of each point in it.
        """
        root = ElementTree.fromstring(svg.encode("utf-8"))
        rows = [self._point(title, named) for title in root.iter(f"{_SVG}title")]
        names: dict[str, str] = {}
        for defs in root.iter(f"{_SVG}defs"):
            for one in defs:
                if "id" in one.attrib:
                    names[one.attrib["id"]] = self._share(one)
        (made,) = _known(root, names)
        _resize(made)
        return Markup(ElementTree.tostring(made, "unicode")), rows

    def shared(self) -> Markup:
        """What the charts drawn until now have in common."""
        return Markup("".join(text.replace("@", name, 1) for text, name in self._shared.items()))

    def _share(self, element: ElementTree.Element) -> str:
        """The name of an outline on this page; the same outline has the same name in every chart."""
        made = "".join(
            ElementTree.tostring(one, "unicode").replace(f"<{one.tag}", f'<{one.tag} id="@"', 1)
            for one in _known(element, {})
        )
        return self._shared.setdefault(made, f"d{len(self._shared):x}")

    @staticmethod
    def _point(title: ElementTree.Element, named: Callable[[str], tuple[str, str]]) -> list[str]:
        """The cells of a point; its title, as a browser shows it, has the document's line for its id."""
        cells = [cell.replace(NONE, "") for cell in [*(title.text or "").split("\n"), *5 * [""]][:5]]
        lines = [*cells]
        if cells[4]:
            cells[4], lines[4] = named(cells[4])
        title.text = "\n".join(filter(None, lines))
        return cells


_SVG = "{http://www.w3.org/2000/svg}"


def _known(element: ElementTree.Element, names: Mapping[str, str]) -> list[ElementTree.Element]:
    """An element with what is known of its attributes and children; a group without any is its children."""
    tag = element.tag.removeprefix(_SVG) if isinstance(element.tag, str) else ""
    if tag not in _ELEMENTS:
        return []
    made = ElementTree.Element(tag, dict(_attributes(element, names)))
    made.extend(inner for child in element for inner in _known(child, names))
    if tag == "title":
        made.text = element.text
    if tag == "g" and not made.attrib:
        return list(made)
    return [made]


def _attributes(element: ElementTree.Element, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    looks = (one.partition(":") for one in element.attrib.get("style", "").split(";") if ":" in one)
    given = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
    for key, value in {**given, **{key.strip(): value.strip() for key, _, value in looks}}.items():
        if key in ("href", "clip-path"):
            if name := names.get(value.removeprefix("url(").strip("#)")):
                yield key, f"#{name}" if key == "href" else f"url(#{name})"
        elif key in _PLACES:
            if "scale" not in value:
                value = _LONG.sub(lambda number: f"{float(number[0]):.2f}", value)
            yield key, " ".join(value.split())
        elif (key in _LOOKS and "(" not in value and (key, value) not in _IDLE) or value == "points":
            yield key, value


def _resize(drawing: ElementTree.Element) -> None:
    """As wide as the page gives it; what is narrow on paper stays so, with letters as large as elsewhere."""
    for key in ("width", "height"):
        drawing.attrib.pop(key, None)
    drawing.attrib["aria-hidden"] = "true"
    wide = float(drawing.get("viewBox", "0 0 inf 0").split()[2]) / 72 * 25.4
    if wide < 0.8 * style.TEXT_WIDTH_MM:
        drawing.attrib["class"] = "narrow"

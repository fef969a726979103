"""The Chinese typefaces of the reports: which files they are, and which characters they can draw.

Nothing happens on import: typst (which lists fonts) and fontTools are loaded where they are used.

An office that has its own faces (仿宋 for text, 小标宋 for the title, 黑体 for headings) puts the
files into one folder and names it in the environment variable ``ZBANALYSIS_FONTS``; roles it does
not fill are taken from the shipped fonts.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from zbanalysis.errors import InputError, ZbError

FONT_FOLDER = "ZBANALYSIS_FONTS"
_SHIPPED = {"body": ("noto serif sc",), "heading": ("noto sans sc",), "title": ("noto sans sc",)}
_INSTALLED = {
    "body": ("noto serif sc", "noto serif cjk sc", "source han serif sc", "source han serif cn"),
    "heading": ("noto sans sc", "noto sans cjk sc", "source han sans sc", "source han sans cn"),
}
_INSTALLED["title"] = _INSTALLED["heading"]
# Words that occur in the family names of office fonts, the most wanted first.
_OFFICE = {
    "title": ("biaosong", "标宋", "biao song"),
    "body": ("fangsong", "仿宋", "song", "宋", "serif"),
    "heading": ("simhei", "heiti", "黑体", "hei", "黑", "sans"),
}


@dataclass(frozen=True)
class Face:
    """One font face: the family name typst knows it by, its file and its place in the file."""

    family: str
    path: Path
    index: int = 0


@dataclass(frozen=True)
class FontSet:
    """The Chinese faces of a report: running text, headings and tables, cover title."""

    body: Face
    heading: Face
    title: Face

    @property
    def faces(self) -> tuple[Face, ...]:
        """The faces, each once."""
        return tuple(dict.fromkeys((self.body, self.heading, self.title)))


def font_set() -> FontSet:
    """Choose the Chinese faces: the office's folder, else the shipped fonts, else installed ones.

    Returns
    -------
    FontSet
        The faces and where they come from.

    Raises
    ------
    InputError
        If ``ZBANALYSIS_FONTS`` names no folder or a folder without a Chinese face.
    ZbError
        If no Chinese font is found at all.
    """
    return _font_set(os.environ.get(FONT_FOLDER, ""))


def font_files() -> tuple[Path, ...]:
    """Files of the faces in use, each once: text face first.

    Examples
    --------
    >>> [path.exists() for path in font_files()]
    [True, True]
    """
    return tuple(dict.fromkeys(face.path for face in font_set().faces))


@lru_cache(maxsize=4)
def _font_set(folder: str) -> FontSet:
    found = {**_installed_faces(), **_shipped_faces()}
    if folder:
        found |= _office_faces(folder)
    if missing := {"body", "heading", "title"} - found.keys():
        raise ZbError(
            f"No Chinese font was found for {', '.join(sorted(missing))}; install the Python package "
            f"pylopdf-fonts-zh-cn or the system's Noto CJK fonts, or name a folder of fonts in {FONT_FOLDER}."
        )
    return FontSet(**found)


def _shipped_faces() -> dict[str, Face]:
    try:
        import pylopdf_fonts_zh_cn as shipped
    except ImportError:
        return {}
    faces = _faces_in(shipped.sans_path().parent)
    return _pick(faces, _SHIPPED)


def _installed_faces() -> dict[str, Face]:
    return {} if _shipped_faces() else _pick(_faces_in(None), _INSTALLED)


def _office_faces(folder: str) -> dict[str, Face]:
    path = Path(folder).expanduser()
    if not path.is_dir():
        raise InputError(
            f"{FONT_FOLDER} is set to {folder}, which is not a folder; give the folder with your font files."
        )
    faces = _faces_in(path.resolve())
    found = _pick(faces, _OFFICE)
    if not found:
        names = ", ".join(sorted({face.family for face in faces})) or "no font file"
        raise InputError(
            f"{FONT_FOLDER} ({folder}) holds no static regular Chinese font; found: {names}. "
            "Put font files such as 仿宋, 小标宋 or 黑体 (.ttf, .otf, .ttc) there."
        )
    return found


def _faces_in(folder: Path | None) -> list[Face]:
    """Upright regular static faces of a folder, or of the system for ``None``."""
    import typst

    paths = [] if folder is None else [str(folder)]
    fonts = typst.Fonts(include_system_fonts=folder is None, include_embedded_fonts=False, font_paths=paths)
    regular = (
        font for font in fonts.fonts() if font.path and font.style == "normal" and 300 <= font.weight <= 500
    )
    return sorted(
        (Face(font.family, Path(font.path), font.index) for font in regular),
        key=lambda face: (face.family, str(face.path), face.index),
    )


def _pick(faces: list[Face], wanted: Mapping[str, tuple[str, ...]]) -> dict[str, Face]:
    """For each role the first usable face whose family name contains a wanted word."""
    free, found = list(faces), {}
    for role, words in wanted.items():
        hits = (face for word in words for face in free if word in face.family.lower() and _usable(face))
        if face := next(hits, None):
            found[role] = face
            # 小标宋 must not also be taken for the text face because it has 宋 in its name.
            free = [other for other in free if other.family != face.family or wanted is not _OFFICE]
    return found


@lru_cache(maxsize=64)
def _usable(face: Face) -> bool:
    """Whether the face draws Chinese at the weight its name says; variable ones come out Thin."""
    from fontTools.ttLib import TTFont

    with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
        return "fvar" not in font and ord("淄") in font.getBestCmap()


@lru_cache(maxsize=8)
def characters(face: Face) -> frozenset[int]:
    """Code points for which a face has a glyph."""
    from fontTools.ttLib import TTFont

    with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
        return frozenset(font.getBestCmap())


def undrawn(text: str, lang: str) -> str:
    """The characters of a text that no face of a report has.

    Spaces of any width and marks that steer the breaking of lines need no glyph.  In English, Latin
    letters come from the Latin face that typst carries.

    Examples
    --------
    >>> undrawn("淄博 R&D, 10⁻³", "zh"), undrawn("Łódź", "zh"), undrawn("Łódź", "en")
    ('⁻', 'Łź', '')
    """
    drawn = _drawn(os.environ.get(FONT_FOLDER, ""), lang)
    missing = [one for one in dict.fromkeys(text) if ord(one) not in drawn and one not in "\t\r\n"]
    return "".join(one for one in missing if unicodedata.category(one) not in ("Zs", "Cf"))


@lru_cache(maxsize=8)
def _drawn(folder: str, lang: str) -> frozenset[int]:
    latin = range(0x20, 0x180) if lang == "en" else ()
    return frozenset(latin).union(*(characters(face) for face in _font_set(folder).faces))

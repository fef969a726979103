"""How reports look: palette, chart settings, vector output, and the Chinese typefaces.

Nothing happens on import: matplotlib, typst (which lists fonts) and fontTools are loaded where they are used.

An office that has its own faces (仿宋 for text, 小标宋 for the title, 黑体 for headings) puts the
files into one folder and names it in the environment variable ``ZBANALYSIS_FONTS``; roles it does
not fill are taken from the shipped fonts.
"""

from __future__ import annotations

import io
import os
import re
import string
import unicodedata
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zbanalysis.errors import InputError, ZbError
from zbanalysis.report.output import unwrapped

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.transforms import Transform

CHART_FAMILY = "zbanalysis sans"
HASH_SALT = "zbanalysis"
GREY, LIGHT = "#595959", "#DDDDDD"
MM_PER_INCH = 25.4
TEXT_WIDTH_MM = 160.0
PAGE_MM = 215.0
"""A chart is never taller, so that a page holds it with its caption."""


@dataclass(frozen=True)
class Role:
    """How one thing is drawn; ``line`` and ``marker`` tell it apart without colour."""

    colour: str
    marker: str
    line: str = "-"

    def look(self, *, line: bool = True, marker: bool = True) -> dict[str, str]:
        """As matplotlib takes it, with its line, its marker or both."""
        return {"color": self.colour, "linestyle": self.line * line, "marker": self.marker * marker}


# Blues for what is well, one warm hue for what is not: safe for the common colour blindnesses.
# The luminances rise by steps, so the order survives a black-and-white printer.
ROLES: Mapping[str, Role] = {
    "actual": Role("#17365D", "o", "-"),
    "plan_path": Role("#7F7F7F", "", "--"),
    "target": Role("#9C2A1F", "D", ":"),
    "projection": Role("#4F81B0", "s", "-."),
    "trend": Role("#4F81B0", "", "-"),
    "outcome": Role("#9C2A1F", "o", ""),
    "reached": Role("#17365D", "o"),
    "ahead": Role("#3F74A6", "^"),
    "on_schedule": Role("#9DBBD6", "s"),
    "behind": Role("#C8641E", "v"),
    "not_assessable": Role("#D0D0D0", "D"),
}
STATUSES = ("reached", "ahead", "on_schedule", "behind", "not_assessable")

VERDICTS: Mapping[str, Role] = {
    "reached": ROLES["reached"],
    "to_be_held": Role("#17365D", "p"),
    "on_course": ROLES["ahead"],
    "possible": Role("#7FA5C9", "s"),
    "unlikely": Role("#E09A5F", "<"),
    "missed": ROLES["behind"],
    "cannot": Role("#8A3D0C", "X"),
    "not_judged": Role("#8C8C8C", "D"),
}
"""Looks of `outlook.verdict.VERDICTS`, the best first."""

SIGNS: Mapping[str, Role] = {**ROLES, **VERDICTS}
"""Looks of the signs beside judgements in tables: a verdict's is the one of its mark in the charts."""

CYCLE = (
    "#17365D", "#C8641E", "#4F81B0", "#7B4F9E", "#1B7F79", "#B8860B", "#7F7F7F", "#C75B8A", "#5B8C3A",
    "#9DBBD6",
)  # fmt: skip
"""Colours of series that have no role, in their order; neighbours differ in hue and in luminance."""


@contextmanager
def context(lang: str = "zh") -> Iterator[None]:
    """Draw with matplotlib or seaborn in the report's palette, face and sizes; nothing stays behind.

    Inside the ``with`` block the colours of `CYCLE` follow one another, Chinese has glyphs, and axes look
    like the report's.  Colours with a meaning are in `ROLES` and `VERDICTS`.

    Parameters
    ----------
    lang
        ``"zh"`` or ``"en"``; both are drawn in the same face, so charts of the two reports match.

    Yields
    ------
    None
        matplotlib's settings are changed as long as the block lasts.

    Raises
    ------
    InputError
        If the language is neither.

    Examples
    --------
    >>> import seaborn as sns
    >>> with context("en"):
    ...     figure = new_figure(160, 70)
    ...     axes = sns.lineplot(x=[2015, 2020], y=[2.14, 2.79], ax=figure.subplots())
    >>> axes.lines[0].get_color() == CYCLE[0]
    True
    """
    if lang not in ("zh", "en"):
        raise InputError(f"The language {lang!r} is not known; use zh or en.")
    import matplotlib as mpl

    face = font_set().heading
    _register(face)
    with mpl.rc_context(_plain() | _settings(face)):
        yield


def _plain() -> dict[str, Any]:
    """Settings of matplotlib as it comes, so that a user's ``matplotlibrc`` changes no chart."""
    import matplotlib as mpl

    own = dict(dict.items(mpl.rcParamsDefault))  # past the checks of each access, which take most of the time
    changed = [name for name, value in dict.items(mpl.rcParams) if own[name] != value]
    return {name: own[name] for name in changed if "backend" not in name}


def _register(face: Face) -> None:
    """Make a face known to matplotlib by file, under our own name so that no other can answer."""
    from matplotlib import font_manager

    entries, own = font_manager.fontManager.ttflist, _entries(face)
    if own[0] not in entries:
        entries[:] = [*(other for other in entries if other.name != CHART_FAMILY), *own]


@lru_cache(maxsize=8)
def _entries(face: Face) -> list[Any]:
    """What matplotlib's list of fonts says of a face, for regular and for bold; the file is opened once."""
    from matplotlib import font_manager, ft2font

    entry = font_manager.ttfFontProperty(ft2font.FT2Font(str(face.path), face_index=face.index))
    # There is one weight: what asks for bold, as seaborn's grids do, is drawn in it without a warning.
    return [replace(entry, name=CHART_FAMILY, style="normal", weight=weight) for weight in (400, 700)]


def _settings(face: Face) -> dict[str, Any]:
    from cycler import cycler

    return {
        "font.family": [CHART_FAMILY], "font.size": 8.5,
        "axes.titlesize": 9, "axes.labelsize": 8.5, "axes.titleweight": "normal",
        "axes.titlelocation": "left", "axes.titlepad": 6,
        "axes.unicode_minus": 0x2212 in characters(face),
        "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": GREY, "axes.linewidth": 0.6,
        "axes.grid": True, "axes.grid.axis": "y", "axes.axisbelow": True,
        "axes.prop_cycle": cycler(color=CYCLE), "grid.color": LIGHT, "grid.linewidth": 0.5,
        "xtick.labelsize": 8, "xtick.color": GREY, "xtick.major.width": 0.6, "xtick.major.size": 2.5,
        "ytick.labelsize": 8, "ytick.color": GREY, "ytick.major.width": 0.0, "ytick.major.size": 0.0,
        "lines.linewidth": 1.4, "lines.markersize": 4.5,
        "hatch.linewidth": 0.4, "hatch.color": "white", "patch.linewidth": 0.6,
        "legend.fontsize": 8, "legend.frameon": False, "legend.handlelength": 2.2,
        "figure.facecolor": "white", "figure.constrained_layout.use": True, "savefig.facecolor": "white",
        # Names are text: two dollar signs in one are no formula.
        "text.parse_math": False, "svg.fonttype": "path", "svg.hashsalt": HASH_SALT,
    }  # fmt: skip


def new_figure(width_mm: float = TEXT_WIDTH_MM, height_mm: float = 75.0, *, settled: bool = False) -> Figure:
    """Make an empty figure of a printed size, without global state; call inside `context`.

    ``settled`` says that the caller gives everything its place, so that nothing need be laid out.
    """
    from matplotlib.figure import Figure

    size = (width_mm / MM_PER_INCH, height_mm / MM_PER_INCH)
    return Figure(figsize=size, layout="none" if settled else None)


def rehearse() -> None:
    """Draw one small chart for nothing: fonts, glyphs and styles are then loaded for all that follow."""
    with context("zh"):
        figure = new_figure(60, 40)
        axes = figure.subplots()
        axes.plot([2020, 2025], [1, 2])
        axes.set_title(f"{string.ascii_letters}{string.digits}")
        to_svg(figure)
        to_png(figure)
    for face in font_set().faces:
        characters(face)


def to_svg(figure: Figure) -> str:
    """Draw as SVG; the same figure gives the same text, whenever and wherever.

    Raises
    ------
    ZbError
        If a character has no glyph in the chart font.
    """
    from zbanalysis.report import svg

    svg.Canvas(figure).face = font_set().heading
    text = _saved(figure, format="svg", metadata={"Date": None, "Creator": None}).decode("utf-8")
    return text.replace("</svg>", f"{_points(figure)}</svg>")


def hover(
    figure: Figure, transform: Transform, places: Iterable[Sequence[float]], words: Iterable[Sequence[str]]
) -> None:
    """Words that a browser shows where a mark is pointed at, and the web page in a table.

    Parameters
    ----------
    figure
        The figure.
    transform
        From ``places`` to the figure, such as ``axes.transData``.
    places
        For each mark x and y; for a bar also the x where it begins.
    words
        For each mark its name, what it is, value, period and id of the source; the last may be missing.
    """
    marks = figure.__dict__.setdefault("zb_marks", [])
    for place, text in zip(places, words, strict=True):
        if not any(size != size for size in place):
            marks.append((transform, [float(size) for size in place], tuple(text)))


def _points(figure: Figure) -> str:
    """Discs and bars that nobody sees, each with its words, a line each."""
    from html import escape

    height, scale, made = 72 * figure.get_figheight(), 72 / figure.dpi, []
    for transform, (x, y, *begin), words in getattr(figure, "zb_marks", ()):
        ends = scale * transform.transform([(x, y), (begin[0] if begin else x, y)])
        (right, up), (left, _) = ends.round(2).tolist()
        lines = [unwrapped(word) for word in words]
        while lines and not lines[-1]:
            lines.pop()
        title = escape("\n".join(line or "—" for line in lines))
        made.append(f'<path d="M{left} {height - up:.2f}H{right}"><title>{title}</title></path>\n')
    look = 'fill="none" stroke="#9c2a1f" stroke-opacity="0" stroke-width="8" stroke-linecap="round"'
    return f'<g class="points" {look}>\n{"".join(made)}</g>\n' if made else ""


def to_png(figure: Figure, dpi: int = 200) -> bytes:
    """Draw as PNG, for Word and slides; raises as `to_svg` does."""
    return _saved(figure, format="png", dpi=dpi, metadata={"Software": None})


def to_pdf(figure: Figure) -> bytes:
    """Draw as PDF, one page of the figure's size; raises as `to_svg` does."""
    return _saved(figure, format="pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None})


def settle(figure: Figure) -> None:
    """Lay out once and keep it: every further draw would move the axes by a hair."""
    if figure.get_layout_engine() is not None:
        figure.draw_without_rendering()
        figure.set_layout_engine("none")


def _saved(figure: Figure, **how: Any) -> bytes:
    """A figure as a file; what has no glyph is an error."""
    import matplotlib as mpl
    from matplotlib.text import Text

    for text in figure.findobj(Text):  # words that were added outside `context`: the chart's face has Chinese
        if text.get_fontfamily() == ["sans-serif"]:
            text.set_fontfamily([CHART_FAMILY])
    buffer = io.BytesIO()
    # matplotlib gives a figure without a layout the layout of the settings after saving it.
    settings = {"svg.hashsalt": HASH_SALT, "svg.fonttype": "path", "figure.constrained_layout.use": False}
    with warnings.catch_warnings(), mpl.rc_context(settings):
        warnings.filterwarnings("error", message="Glyph")
        try:
            settle(figure)
            figure.savefig(buffer, **how)
        except UserWarning as warning:
            if not (glyph := re.match(r"Glyph (\d+)", str(warning))):
                raise
            code = int(glyph[1])
            raise ZbError(
                f"A chart cannot be drawn: the character {chr(code)!r} (U+{code:04X}) has no glyph in the "
                f"chart font {font_set().heading.family}; write it differently."
            ) from warning
    return buffer.getvalue()


FONT_FOLDER = "ZBANALYSIS_FONTS"
_KNOWN = {
    "body": ("noto serif sc", "noto serif cjk sc", "source han serif sc", "source han serif cn"),
    "heading": ("noto sans sc", "noto sans cjk sc", "source han sans sc", "source han sans cn"),
}
_KNOWN["title"] = _KNOWN["heading"]
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


@lru_cache(maxsize=4)
def _font_set(folder: str) -> FontSet:
    faces = _shipped_faces() or _pick(_faces_in(None), _KNOWN)
    if folder:
        faces |= _office_faces(folder)
    if missing := {"body", "heading", "title"} - faces.keys():
        raise ZbError(
            f"No Chinese font was found for {', '.join(sorted(missing))}; install the Python package "
            f"pylopdf-fonts-zh-cn or the system's Noto CJK fonts, or name a folder of fonts in {FONT_FOLDER}."
        )
    return FontSet(**faces)


def _shipped_faces() -> dict[str, Face]:
    try:
        import pylopdf_fonts_zh_cn as shipped
    except ImportError:
        return {}
    return _pick(_faces_in(shipped.sans_path().parent), _KNOWN)


def _office_faces(folder: str) -> dict[str, Face]:
    path = Path(folder).expanduser()
    if not path.is_dir():
        raise InputError(
            f"{FONT_FOLDER} is set to {folder}, which is not a folder; give the folder with your font files."
        )
    faces = _faces_in(path.resolve())
    chosen = _pick(faces, _OFFICE)
    if not chosen:
        names = ", ".join(sorted({face.family for face in faces})) or "no font file"
        raise InputError(
            f"{FONT_FOLDER} ({folder}) holds no static regular Chinese font; found: {names}. "
            "Put font files such as 仿宋, 小标宋 or 黑体 (.ttf, .otf, .ttc) there."
        )
    return chosen


def _faces_in(folder: Path | None) -> list[Face]:
    """Upright regular static faces of a folder, or of the system for ``None``."""
    import typst

    paths = [] if folder is None else [str(folder)]
    fonts = typst.Fonts(include_system_fonts=folder is None, include_embedded_fonts=False, font_paths=paths)
    faces = [
        Face(font.family, Path(font.path), font.index) for font in fonts.fonts()
        if font.path and font.style == "normal" and 300 <= font.weight <= 500
    ]  # fmt: skip
    return sorted(faces, key=lambda face: (face.family, str(face.path), face.index))


def _pick(faces: list[Face], wanted: Mapping[str, tuple[str, ...]]) -> dict[str, Face]:
    """For each role the first usable face whose family name contains a wanted word."""
    free, chosen = list(faces), {}
    for role, words in wanted.items():
        hits = (face for word in words for face in free if word in face.family.lower() and _usable(face))
        if face := next(hits, None):
            chosen[role] = face
            # 小标宋 must not also be taken for the text face because it has 宋 in its name.
            free = [other for other in free if other.family != face.family or wanted is not _OFFICE]
    return chosen


@lru_cache(maxsize=64)
def _usable(face: Face) -> bool:
    """Whether the face draws Chinese at the weight its name says; variable ones come out Thin."""
    from fontTools.ttLib import TTFont

    with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
        return "fvar" not in font and ord("淄") in characters(face)


@lru_cache(maxsize=64)
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

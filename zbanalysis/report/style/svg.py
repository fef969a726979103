"""Charts as SVG whose words are laid out once: the same years, figures and names stand in many of them.

To lay out texts and to load their glyphs takes matplotlib nearly half the time of a chart.  What
is kept are matplotlib's own answers, so the same chart gives the same file.  A kernel that is
forked has the answers to whatever was drawn before.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Any, BinaryIO

from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.textpath import TextToPath

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zbanalysis.report.style.fonts import Face

_MOST = 20_000
"""So many texts are kept; who draws more begins anew."""

_sizes: dict[tuple, tuple[float, float, float]] = {}
_layouts: dict[tuple, tuple[list, dict]] = {}


def draw(figure: Figure, file: BinaryIO, face: Face) -> None:
    """Draw as SVG, without a date; a character that has no glyph is warned of whenever it is met.

    Parameters
    ----------
    figure, file
        What is drawn, and where to.
    face
        The face of the charts: what matplotlib's name for it means now.
    """
    canvas = _Canvas(figure)
    canvas.words = _Words(face)
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})


class _Words(TextToPath):
    """Texts as paths, each laid out once."""

    def __init__(self, face: Face) -> None:
        super().__init__()
        self._face = face

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> tuple[float, float, float]:
        key = (self._face, s, prop.copy(), ismath)
        if key not in _sizes:
            _room(_sizes)[key] = super().get_text_width_height_descent(s, prop, ismath)
        return _sizes[key]

    def get_glyphs_with_font(
        self, font: Any, s: str, glyph_map: Any = None, return_new_glyphs_only: bool = False, **how: Any
    ) -> tuple[list, dict, list]:
        key = (
            self._face,
            s,
            font.fname,
            font.face_index,
            *(how.get(name) for name in ("features", "language")),
        )
        if key not in _layouts:
            placed, paths, _ = super().get_glyphs_with_font(font, s, **how)
            _room(_layouts)[key] = placed, dict(paths)
        placed, paths = _layouts[key]
        known = {} if glyph_map is None else glyph_map
        fresh = {name: path for name, path in paths.items() if name not in known}
        if return_new_glyphs_only:
            return placed, fresh, []
        known.update(fresh)
        return placed, known, []


def _room(kept: dict) -> dict:
    if len(kept) >= _MOST:
        kept.clear()
    return kept


class _Canvas(FigureCanvasSVG):
    """matplotlib's own, with a renderer that knows its words."""

    words: _Words

    def print_svg(self, filename: BinaryIO, *, metadata: Any = None, **_: Any) -> None:
        """As matplotlib does it, into a file that is open."""
        dpi, self.figure.dpi = self.figure.dpi, 72
        wide, high = self.figure.get_size_inches()
        file = codecs.getwriter("utf-8")(filename)
        vectors = RendererSVG(wide * 72, high * 72, file, image_dpi=dpi, metadata=metadata)
        vectors._text2path = self.words
        renderer = MixedModeRenderer(self.figure, wide, high, dpi, vectors)
        self.figure.draw(renderer)
        renderer.finalize()

"""Charts as SVG whose words are laid out once: the same years, figures and names stand in many of them.

To lay out texts and to load their glyphs takes matplotlib a third of a chart's time.  What is kept are
matplotlib's own answers, so the same chart gives the same file; what it warns of is an error and not kept.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Any, BinaryIO

from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.ft2font import LoadFlags
from matplotlib.textpath import TextToPath

if TYPE_CHECKING:
    from zbanalysis.report.style import Face

_MOST = 20_000
"""So many texts are kept; who draws more begins anew."""

_kept: dict[tuple, Any] = {}
_outlines: dict[tuple, Any] = {}


class _Words(TextToPath):
    """Texts as paths, each laid out once for a face."""

    def __init__(self, face: Face) -> None:
        super().__init__()
        self._face = face
        if len(_kept) > _MOST:
            _kept.clear()

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> tuple[float, float, float]:
        key = (self._face, s, hash(prop), ismath)
        if key not in _kept:
            _kept[key] = super().get_text_width_height_descent(s, prop, ismath)
        return _kept[key]

    def get_glyphs_with_font(
        self, font: Any, s: str, glyph_map: Any = None, return_new_glyphs_only: bool = False, **how: Any
    ) -> tuple[list, dict, list]:
        key = (font.fname, font.face_index, s, *(how.get(name) for name in ("features", "language")))
        if key not in _kept:
            _kept[key] = self._laid_out(font, s, **how)
        placed, paths = _kept[key]
        known = {} if glyph_map is None else glyph_map
        fresh = {name: path for name, path in paths.items() if name not in known}
        if return_new_glyphs_only:
            return placed, fresh, []
        known.update(fresh)
        return placed, known, []

    def _laid_out(self, font: Any, s: str, **how: Any) -> tuple[list, dict]:
        """As matplotlib does it, but that a glyph's outline is loaded once, not in each word."""
        placed, paths = [], {}
        for item in font._layout(s, LoadFlags.NO_HINTING, **how):
            glyph = self._get_glyph_repr(item.ft_object, item.glyph_index)
            key = (item.ft_object.fname, item.ft_object.face_index, item.glyph_index)
            if key not in _outlines:
                item.ft_object.load_glyph(item.glyph_index, flags=LoadFlags.NO_HINTING)
                _outlines[key] = item.ft_object.get_path()
            placed.append((glyph, item.x, item.y, 1.0))
            paths[glyph] = _outlines[key]
        return placed, paths


class Canvas(FigureCanvasSVG):
    """matplotlib's own, with a renderer that keeps its words."""

    face: Face

    def print_svg(self, filename: BinaryIO, *, metadata: Any = None, **_: Any) -> None:
        """As matplotlib does it, into a file that is open."""
        dpi, self.figure.dpi = self.figure.dpi, 72
        wide, high = self.figure.get_size_inches()
        file = codecs.getwriter("utf-8")(filename)
        vectors = RendererSVG(wide * 72, high * 72, file, image_dpi=dpi, metadata=metadata)
        vectors._text2path = _Words(self.face)
        renderer = MixedModeRenderer(self.figure, wide, high, dpi, vectors)
        self.figure.draw(renderer)
        renderer.finalize()

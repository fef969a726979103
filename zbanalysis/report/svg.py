"""Charts as SVG whose words are laid out once: the same years, figures and names stand in many of them.

To lay out texts and to load their glyphs takes matplotlib a third of a chart's time.  What is kept are
matplotlib's own answers, so the same chart gives the same file; what it warns of is an error and not kept.
"""

from __future__ import annotations

import codecs
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO

from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.textpath import TextToPath

if TYPE_CHECKING:
    from zbanalysis.report.style import Face

_MOST = 20_000
"""So many texts of a face are kept."""


class _Words(TextToPath):
    """Texts of one face as paths, each laid out once."""

    def __init__(self) -> None:
        super().__init__()
        self.get_text_width_height_descent = lru_cache(_MOST)(super().get_text_width_height_descent)
        self._outlined = lru_cache(_MOST)(super().get_glyphs_with_font)

    def get_glyphs_with_font(
        self, font: Any, s: str, glyph_map: Any = None, return_new_glyphs_only: bool = False, **how: Any
    ) -> tuple[list, dict, list]:
        placed, outlines, _ = self._outlined(font, s, **how)
        # The renderer asks for the outlines that the file does not have yet.
        return placed, {name: one for name, one in outlines.items() if name not in (glyph_map or ())}, []


@lru_cache(maxsize=8)
def _words(face: Face) -> _Words:
    return _Words()


class Canvas(FigureCanvasSVG):
    """matplotlib's own, with a renderer that keeps its words."""

    face: Face

    def print_svg(self, filename: BinaryIO, *, metadata: Any = None, **_: Any) -> None:
        """As matplotlib does it, into a file that is open."""
        dpi, self.figure.dpi = self.figure.dpi, 72
        wide, high = self.figure.get_size_inches()
        file = codecs.getwriter("utf-8")(filename)
        vectors = RendererSVG(wide * 72, high * 72, file, image_dpi=dpi, metadata=metadata)
        vectors._text2path = _words(self.face)
        renderer = MixedModeRenderer(self.figure, wide, high, dpi, vectors)
        self.figure.draw(renderer)
        renderer.finalize()

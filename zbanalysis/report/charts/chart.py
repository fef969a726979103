"""A chart that can be drawn in either language, so a notebook shows one and the result file keeps both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zbanalysis.report import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Chart:
    """A chart that can be drawn in either language.

    Attributes
    ----------
    draw
        Language → Figure; called inside `style.context`.
    lang
        Language in which a notebook shows it.
    """

    draw: Callable[[str], Figure] = field(repr=False)  # its place in memory would be another in every run
    lang: str = "zh"

    def svg(self, lang: str) -> str:
        """The chart as SVG text; the same data give the same text."""
        with style.context(lang):
            return style.to_svg(self.draw(lang))

    def both(self) -> dict[str, str]:
        """The chart as SVG in Chinese and English."""
        return {lang: self.svg(lang) for lang in ("zh", "en")}

    def _repr_png_(self) -> bytes:
        with style.context(self.lang):
            return style.to_png(self.draw(self.lang), dpi=110)

"""SVG of a chart → PNG for Word.

The result file keeps charts as SVG only.  Word draws SVG since 2016, but needs a PNG beside it and prints
the text of ours as outlines anyway; typst, which sets the PDF, turns one into the other, the same bytes each
time, so nothing new is installed and the result file stays small.
"""

from __future__ import annotations

from collections.abc import Mapping

from zbanalysis.errors import ZbError

SHARPNESS = 220
"""Dots per inch: sharp in print, small enough to mail."""
_PAGE = b'#set page(width: auto, height: auto, margin: 0pt, fill: white)\n#image("picture.svg")'


def png(svg: str, sharpness: float = SHARPNESS) -> bytes:
    """A picture as PNG at its own size.

    Parameters
    ----------
    svg
        SVG text as `style.to_svg` makes it: letters as outlines, so no font is asked for.
    sharpness
        Dots per inch.

    Raises
    ------
    ZbError
        If the text is no SVG.
    """
    import typst

    try:
        # Letters are outlines, so the system's fonts need not be looked through.
        return typst.compile(
            {"main": _PAGE, "picture.svg": svg.encode()},
            format="png",
            ppi=sharpness,
            ignore_system_fonts=True,
        )
    except typst.TypstError as error:
        raise ZbError(f"A chart could not be turned into a PNG picture: {error.message}.") from error


def pngs(svgs: Mapping[str, str], sharpness: float = SHARPNESS) -> dict[str, bytes]:
    """Every picture of `chapters.images` as PNG, by the same names."""
    return {name: png(svg, sharpness) for name, svg in svgs.items()}

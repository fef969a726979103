"""The few elements of WordprocessingML that python-docx has no words for."""

from __future__ import annotations

from typing import Any


def element(tag: str, **attributes: str) -> Any:
    """An element of Word's own namespace, with attributes of it.

    Examples
    --------
    >>> element("w:jc", val="center").tag.endswith("}jc")
    True
    """
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def with_children(parent: Any, *children: Any) -> Any:
    """An element with children put at its end."""
    for child in children:
        parent.append(child)
    return parent


def set_fonts(properties: Any, latin: str, han: str) -> None:
    """Faces of a run or style: one for Latin, one for Han characters; themes would override them."""
    from docx.oxml.ns import qn

    fonts = properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name, face in (("ascii", latin), ("hAnsi", latin), ("eastAsia", han), ("cs", latin)):
        fonts.set(qn(f"w:{name}"), face)


def borders(kind: str, **sides: int) -> Any:
    """Borders of a table, cell or paragraph by side, in eighths of a point; 0 is none."""
    made = element(f"w:{kind}")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        if side in sides:
            width = sides[side]
            made.append(
                element(
                    f"w:{side}", val="single" if width else "nil", sz=str(width), space="0", color="000000"
                )
            )
    return made

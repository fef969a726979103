"""What the panel shows as HTML: the figures at the top, sentences, tables, charts."""

from __future__ import annotations

import base64
from html import escape

import pandas as pd

from zbanalysis.report.style import ROLES

_INK, _GREY, _RULE = ROLES["actual"].colour, "#5f6368", "#d9dce1"

STYLE = f"""<style>
.zb {{font-size: 14px; line-height: 1.55; color: #24292f;}}
.zb-title {{font-size: 17px; font-weight: 600; color: {_INK}; margin: 2px 0 8px;}}
.zb-tiles {{display: flex; flex-wrap: wrap; border-top: 2px solid {_INK}; border-bottom: 1px solid {_RULE};}}
.zb-tile {{flex: 1 1 150px; padding: 7px 14px 8px 0;}}
.zb-tile span {{display: block; color: {_GREY}; font-size: 12.5px;}}
.zb-tile b {{display: block; font-size: 23px; line-height: 1.3; font-weight: 600; color: {_INK};
  font-variant-numeric: tabular-nums;}}
.zb-said {{margin: 8px 0 4px; padding: 0; list-style: none;}}
.zb-said li {{margin: 0 0 3px;}}
.zb-trouble {{border-left: 4px solid {ROLES["behind"].colour}; padding: 6px 12px; margin: 8px 0;
  background: #fbf3ec;}}
.zb-working {{position: absolute; right: 12px; top: 4px; padding: 2px 12px; background: {_INK}; color: white;
  border-radius: 3px; font-size: 13px; opacity: 0; animation: zb-late 0s linear 200ms forwards; z-index: 9;}}
@keyframes zb-late {{to {{opacity: 1;}}}}
.zb-chart img {{width: 100%; max-width: 860px; height: auto; display: block; margin: 4px 0;}}
.zb-scroll {{overflow-x: auto; max-height: 420px; overflow-y: auto;}}
.zb table {{border-collapse: collapse; font-size: 13px; border-top: 1.5px solid {_INK};
  border-bottom: 1.5px solid {_INK}; font-variant-numeric: tabular-nums; margin: 6px 0;}}
.zb th {{text-align: left; font-weight: 600; border-bottom: 1px solid {_INK}; padding: 4px 14px 4px 4px;
  background: white; white-space: nowrap;}}
.zb td {{text-align: left; padding: 3px 14px 3px 4px; border-bottom: 1px solid #eceef1; background: white;
  white-space: nowrap;}}
.zb-group {{font-weight: 600; color: {_INK}; font-size: 13px; border-top: 1px solid {_RULE};
  padding-top: 6px; margin-top: 4px; line-height: 1.4;}}
.zb-note {{color: {_GREY}; font-size: 12.5px; line-height: 1.4; overflow-wrap: anywhere;}}
</style>"""


def top(title: str, tiles: list[tuple[str, str, str]]) -> str:
    """The title and the figures at the top."""
    parts = [
        f'<div class="zb-tile"><span>{escape(words)}</span><b>{escape(figure)}</b>'
        f"<span>{escape(note)}</span></div>"
        for words, figure, note in tiles
    ]
    head = f'<div class="zb-title">{escape(title)}</div>'
    return f'<div class="zb">{head}<div class="zb-tiles">{"".join(parts)}</div></div>'


def trouble(words: str) -> str:
    """Why nothing is shown."""
    return f'<div class="zb"><div class="zb-trouble">{escape(words)}</div></div>' if words else ""


def working(words: str) -> str:
    """A sign of work; its style shows it only after 200 ms."""
    return f'<div class="zb zb-working" role="status">{escape(words)}</div>'


def sentences(said: list[str]) -> str:
    """Sentences, one below the other."""
    lines = "".join(f"<li>{escape(one)}</li>" for one in said)
    return f'<div class="zb"><ul class="zb-said">{lines}</ul></div>' if said else ""


def table(frame: pd.DataFrame | None) -> str:
    """A frame of texts as a three-line table; nothing for an empty one."""
    if frame is None or frame.empty:
        return ""
    body = frame.to_html(index=False, border=0, escape=True, justify="left")
    return f'<div class="zb zb-scroll">{body}</div>'


def chart(svg: str, words: str) -> str:
    """A chart as a picture of its own, so that two of them share no names; with words for it."""
    if not svg:
        return ""
    data = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    return (
        f'<div class="zb zb-chart"><img alt="{escape(words)}" src="data:image/svg+xml;base64,{data}"></div>'
    )


def group(words: str) -> str:
    """Heading of a group of controls."""
    return f'<div class="zb zb-group">{escape(words)}</div>'


def note(words: str) -> str:
    """A small line beside a control."""
    return f'<div class="zb zb-note" role="status">{escape(words)}</div>' if words else ""

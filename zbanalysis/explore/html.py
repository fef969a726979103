"""What the panel shows as HTML: the figures at the top, sentences, tables, charts; a question as a link."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import fields, replace
from html import escape
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pandas as pd

from zbanalysis import trend
from zbanalysis.data import files
from zbanalysis.errors import InputError
from zbanalysis.explore.question import METHODS, REPORT, State
from zbanalysis.report.style import ROLES
from zbanalysis.report.words import LANGUAGES, label

_INK, _GREY, _RULE = ROLES["actual"].colour, "#5f6368", "#d9dce1"

STYLE = f"""<style>
.zb-panel .lm-TabBar-tabLabel {{color: #24292f;}}
.jp-RenderedMarkdown a:link {{text-decoration: underline !important;}}
.zb {{font-size: 14px; line-height: 1.55; color: #24292f;}}
.zb-title {{font-size: 16px; line-height: 1.35; font-weight: 600; color: {_INK}; margin: 2px 0 8px;}}
.zb-tiles {{display: flex; flex-wrap: wrap; border-top: 2px solid {_INK}; border-bottom: 1px solid {_RULE};}}
.zb-tile {{flex: 1 1 116px; padding: 5px 6px 5px 0;}}
.zb-tile span {{display: block; color: {_GREY}; font-size: 12px; line-height: 1.35;}}
.zb-tile b {{display: block; font-size: 18px; line-height: 1.3; font-weight: 600; color: {_INK};
  font-variant-numeric: tabular-nums;}}
.zb-said {{margin: 8px 0 4px; padding: 0; list-style: none;}}
.zb-said li {{margin: 0 0 3px;}}
.zb-trouble {{border-left: 4px solid {ROLES["behind"].colour}; padding: 6px 12px; margin: 8px 0;
  background: #fbf3ec;}}
.zb-working {{position: absolute; right: 12px; top: 4px; padding: 2px 12px; background: {_INK}; color: white;
  border-radius: 3px; font-size: 13px; opacity: 0; animation: zb-late 0s linear 200ms forwards; z-index: 9;}}
@keyframes zb-late {{to {{opacity: 1;}}}}
.zb-chart > svg {{width: 100%; max-width: 860px; height: auto; max-height: 48vh; display: block; margin: 0;}}
.zb-scroll {{overflow-x: auto; max-height: 420px; overflow-y: auto;}}
.zb table {{border-collapse: collapse; font-size: 13px; border-top: 1.5px solid {_INK};
  border-bottom: 1.5px solid {_INK}; font-variant-numeric: tabular-nums; margin: 6px 0;}}
.zb th {{text-align: left; font-weight: 600; border-bottom: 1px solid {_INK}; padding: 4px 14px 4px 4px;
  background: white; vertical-align: bottom;}}
.zb td {{text-align: left; padding: 3px 14px 3px 4px; border-bottom: 1px solid #eceef1; background: white;
  white-space: nowrap;}}
.zb-group {{font-weight: 600; color: {_INK}; font-size: 13px; border-top: 1px solid {_RULE};
  padding-top: 6px; margin-top: 4px; line-height: 1.4;}}
.zb-note {{color: {_GREY}; font-size: 12.5px; line-height: 1.4; overflow-wrap: anywhere;}}
</style>"""


SCRIPT = """
if (!window.zbPanel) {
  const named = () => {
    for (const one of document.querySelectorAll('.zb-panel .noUi-handle, .zb-panel input[type=number]')) {
      const row = one.closest('.zb-named') || one.closest('.widget-inline-hbox');
      const words = row && row.querySelector('.widget-label').textContent;
      if (words && one.getAttribute('aria-label') !== words) one.setAttribute('aria-label', words);
      const number = row && one.classList.contains('noUi-active') && row.querySelector('input[type=number]');
      if (number) number.value = Number(Number(one.getAttribute('aria-valuetext')).toPrecision(12));
    }
  };
  window.zbPanel = new MutationObserver(named);
  const seen = {subtree: true, childList: true, attributes: true, attributeFilter: ['aria-valuetext']};
  window.zbPanel.observe(document.body, seen);
  named();
}
"""
"""Names sliders and numbers by their labels, which ipywidgets tells no screen reader, and shows in the number
what a slider stands on while it is dragged; the question is put on letting go."""


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


def sentences(texts: list[str]) -> str:
    """Sentences, one below the other."""
    lines = "".join(f"<li>{escape(one)}</li>" for one in texts)
    return f'<div class="zb"><ul class="zb-said">{lines}</ul></div>' if texts else ""


def table(frame: pd.DataFrame | None) -> str:
    """A frame of texts as a three-line table; nothing for an empty one."""
    if frame is None or frame.empty:
        return ""
    body = frame.to_html(index=False, border=0, escape=True, justify="left")
    return f'<div class="zb zb-scroll">{body}</div>'


def chart(svg: str, words: str) -> str:
    """A chart with words for it; what is pointed at in it says its value."""
    if not svg:
        return ""
    # Without the head of a file of its own, and at the left where the window is too low for its width.
    picture = svg[svg.index("<svg") :].replace("<svg", '<svg preserveAspectRatio="xMinYMin"', 1)
    return f'<div class="zb zb-chart" role="img" aria-label="{escape(words)}">{picture}</div>'


def group(words: str) -> str:
    """Heading of a group of controls."""
    return f'<div class="zb zb-group">{escape(words)}</div>'


def note(words: str) -> str:
    """A small line beside a control."""
    return f'<div class="zb zb-note" role="status">{escape(words)}</div>' if words else ""


def download(file: Path, lang: str) -> str:
    """A link that carries a file itself."""
    content = base64.b64encode(files.read(file)).decode("ascii")
    words, name = escape(label("explore.download", lang)), escape(file.name)
    href = f"data:application/octet-stream;base64,{content}"
    return f'<div class="zb zb-note" role="status">{words}<a download="{name}" href="{href}">{name}</a></div>'


SERVED = "QUERY_STRING"
"""Set for the kernel of a served page, by Voilà, as the environment of a CGI script is."""


def link(state: State) -> str:
    """The query of an address that restores a question.

    Examples
    --------
    >>> link(State(lang="en", plan="zibo-14", year=2027))
    '?lang=en&plan=zibo-14&year=2027'
    """
    chosen = {one.name: getattr(state, one.name) for one in fields(State)}
    chosen["areas"] = ",".join(state.areas or ())
    blank = ("", None, REPORT)
    return "?" + urlencode({name: value for name, value in chosen.items() if value not in blank})


def link_line(state: State) -> str:
    """The link as a person sees it."""
    words = label("explore.link", state.lang)
    return f'<div class="zb zb-note"><a href="{escape(link(state))}">{escape(words)}</a></div>'


def linked(state: State, environ: Mapping[str, str]) -> State:
    """What the address and the language of the browser ask of a served page.

    Raises
    ------
    InputError
        If a number in the address is none, or it names a reading or trend line that does not exist.

    Examples
    --------
    >>> linked(State(), {"QUERY_STRING": "year=2027", "HTTP_ACCEPT_LANGUAGE": "en-GB,zh;q=0.5"})
    State(lang='en', ... year=2027, areas=None)
    """
    asked: dict[str, object] = dict(parse_qsl(environ.get(SERVED, "")))
    tongues = [part[:2].strip().lower() for part in environ.get("HTTP_ACCEPT_LANGUAGE", "").split(",")]
    asked.setdefault("lang", next((one for one in tongues if one in LANGUAGES), state.lang))
    allowed = {"lang": LANGUAGES, "method": METHODS, "line": (REPORT, *trend.MODELS)}
    for name, choices in allowed.items():
        if asked.get(name, choices[0]) not in choices:
            raise InputError(f"{name} '{asked[name]}' in the address; there are {', '.join(choices)}.")
    for name, kind in {"value": float, "year": int, "horizon": int}.items():
        try:
            asked |= {name: kind(asked[name])} if name in asked else {}
        except ValueError:
            raise InputError(f"{name} '{asked[name]}' in the address is no number.") from None
    if "areas" in asked:
        asked["areas"] = tuple(str(asked["areas"]).split(","))
    return replace(state, **{one.name: asked[one.name] for one in fields(State) if one.name in asked})

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


def style() -> str:
    """The look of the panel, in the colours of its charts."""
    colours = f"--ink: {ROLES['actual'].colour}; --behind: {ROLES['behind'].colour};"
    return f"<style>.zb-panel {{{colours}}}\n{part('panel.css')}</style>"


def part(name: str) -> str:
    """A file of the panel's own."""
    return files.read(Path(__file__).with_name(name)).decode("utf-8")


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
    # Without the head of a file of its own, and at the left where the window is too low for its width.
    picture = svg[svg.index("<svg") :].replace("<svg", '<svg preserveAspectRatio="xMinYMin"', 1)
    return f'<div class="zb zb-chart" role="img" aria-label="{escape(words)}">{picture}</div>'


def group(words: str) -> str:
    """Heading of a group of controls."""
    return f'<div class="zb zb-group">{escape(words)}</div>'


def note(words: str) -> str:
    """A small line beside a control."""
    return f'<div class="zb zb-note" role="status">{escape(words)}</div>'


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

"""The web page of a report: what is in it, what is not, and that nothing of data can run in it."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
import web_page

from zbanalysis.errors import ZbError
from zbanalysis.report import html, style


class Read(HTMLParser):
    """A page as a browser reads it: elements with their attributes, and the texts of some."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(page.decode())

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)
        self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        for tag in set(self._open):
            self.texts[tag][-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [given for name, given in self.elements if name == tag]

    @property
    def ids(self) -> list[str]:
        return [given["id"] for _, given in self.elements if "id" in given]


@pytest.fixture(scope="module")
def page() -> bytes:
    return web_page.page()


@pytest.fixture(scope="module")
def read(page: bytes) -> Read:
    return Read(page)


def test_the_same_report_gives_the_same_bytes(page):
    assert web_page.page() == page


def test_a_hostile_name_is_text_everywhere(page, read):
    assert not read.all("img")
    assert not [name for _, given in read.elements for name in given if name.startswith("on")]
    assert b"<img" not in page
    # Caption, cell, note, list, heading, contents, cover, words of a point: in both languages.
    assert page.count(b"&lt;img src=x onerror=alert(1)&gt;") >= 16


def test_only_our_own_style_and_script_may_run(read):
    """The policy names the hashes of the two; what a browser hashes is the text between the tags."""
    (policy,) = [given["content"] for given in read.all("meta") if "http-equiv" in given]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    for tag in ("style", "script"):
        (text,) = read.texts[tag]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[f"{tag}-src"] == f"'sha256-{digest}'"
    assert not [given for _, given in read.elements if "style" in given]


def test_nothing_is_fetched(page, read):
    named = [
        given[name]
        for _, given in read.elements
        for name in ("src", "href", "action", "data")
        if given.get(name)
    ]
    assert [one for one in named if not one.startswith("#")] == ["data:,"]
    assert not re.search(rb"@import|url\((?!#)|fetch\(|XMLHttp|https?://", page)


def test_every_link_has_its_place_and_every_anchor_its_own(read):
    assert sorted(read.ids) == sorted(set(read.ids))
    links = {
        given["href"].lstrip("#") for tag in ("a", "use") for given in read.all(tag) if given.get("href")
    }
    assert links - set(read.ids) == set()


def test_anchors_stay_as_they_are(read):
    """Whoever linked to a part of the report finds it in the next one, whatever its heading says then."""
    for lang in ("zh", "en"):
        parts = [
            "main-progress",
            "main-progress-1",
            "annex",
            "annex-sources",
            "targets",
            "figure-firms",
            "source-1",
            "source-2",
        ]
        assert {f"{lang}-{part}" for part in parts} <= set(read.ids)
    changed = {lang: web_page.document(lang) for lang in ("zh", "en")}
    changed["en"]["main"]["sections"][0]["heading"] = "Another finding"
    again = Read(html.page(changed, {lang: {"firms.svg": web_page.drawing()} for lang in changed}, {}))
    assert [one for one in again.ids if one.startswith(("zh-", "en-"))] == [
        one for one in read.ids if one.startswith(("zh-", "en-"))
    ]


def test_a_citation_leads_to_the_list_of_sources_if_the_list_has_it(page):
    assert '<a href="#en-source-1">[1]</a>; [7]' in page.decode()


def test_both_languages_are_in_it_with_a_switch(read):
    editions = [given for given in read.all("div") if given.get("class") == "edition"]
    assert [(given["id"], given["lang"]) for given in editions] == [("zh", "zh-CN"), ("en", "en")]
    assert not [given for _, given in read.elements if "hidden" in given]  # without scripts both are read


def test_a_table_has_headings_a_caption_and_numbers_to_sort_by(read):
    first, *_ = read.all("table")
    assert first["class"] == "columns4"
    assert [given.get("scope") for given in read.all("th")][:4] == ["col"] * 4
    assert [given["data-value"] for given in read.all("td") if "data-value" in given][:2] == ["1703", "95"]


def test_a_chart_has_words_for_who_listens_and_a_table_of_what_it_shows(read, page):
    charts = [given for given in read.all("div") if given.get("role") == "img"]
    assert [given["aria-label"] for given in charts] == [
        f"企业数 {web_page.HOSTILE}",
        f"Firms {web_page.HOSTILE}",
    ]
    assert read.texts["title"][-2:] == [
        "Firms\npublished figures\n600\n2019\n[1, 2] Bulletin of A.",
        f"{web_page.HOSTILE}\npublished figures\n703\n2020",
    ]
    table = page.decode().split('<details class="data">')[2].split("</details>")[0]
    assert re.findall(r"<td[^>]*>(.*?)</td>", table)[:5] == [
        "Firms",
        "published figures",
        "600",
        "2019",
        '<a href="#en-source-1">[1]</a>',
    ]


def test_a_chart_from_elsewhere_brings_neither_script_nor_address():
    hostile = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9" onload="alert(1)">'
        '<script>alert(1)</script><foreignObject><p>x</p></foreignObject><image xlink:href="http://a/b"/>'
        '<a xlink:href="javascript:alert(1)"><path d="M0 0"/></a><use xlink:href="http://a/b#c"/>'
        '<path d="M0 0h9" style="fill: url(http://a/b); stroke: red; background: url(x)" id="edition"/></svg>'
    )
    made, rows = html.Drawings().inline(hostile, lambda source: (source, source))
    assert (made, rows) == (
        '<svg viewBox="0 0 9 9" aria-hidden="true" class="narrow"><use /><path d="M0 0h9" stroke="red" /></svg>',
        [],
    )


def test_a_chart_narrow_on_paper_is_not_blown_up_to_the_width_of_the_page():
    """The dots of reliability, 105 mm wide, had letters half as large again as every other chart."""

    def drawn(wide):
        with style.context("en"):
            return html.Drawings().inline(
                style.to_svg(style.new_figure(wide, 50)), lambda source: (source, source)
            )[0]

    assert 'class="narrow"' in drawn(105)
    assert "narrow" not in drawn(style.TEXT_WIDTH_MM)


def test_what_is_missing_or_unknown_is_refused():
    documents = {"en": web_page.document("en")}
    with pytest.raises(ZbError, match=r"picture firms\.svg"):
        html.page(documents, {"en": {}}, {})
    documents["en"]["main"]["sections"][0]["blocks"].append({"type": "film"})
    with pytest.raises(ZbError, match="unknown type 'film'"):
        html.page(documents, {"en": {"firms.svg": web_page.drawing()}}, {})

"""The pages of docs/: each can be found, each link leads somewhere, and they tell what the source tells."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
READ_BY_PEOPLE = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "data").glob("*.md")), *PAGES]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- links ---


def links(text: str) -> list[str]:
    """Targets of the links and pictures of a page, code left out."""
    text = re.sub(r"(?ms)^ *```.*?^ *```", "", text)
    text = re.sub(r"(?m)^(?: {4}|\t).*$", "", text)
    # Code between backquotes holds no links, but a link's own words may be code.
    return re.findall(r"\]\(([^)\s]+)\)", text)


def anchors(text: str) -> set[str]:
    """Anchors of a page's headings as GitHub makes them."""
    text = re.sub(r"(?ms)^ *```.*?^ *```", "", text)
    found: dict[str, int] = {}
    for heading in re.findall(r"(?m)^#{1,6} +(.+?) *#*$", text):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").replace("*", "")
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        found[slug] = found.get(slug, -1) + 1
    return {f"{slug}-{index}" if index else slug for slug, last in found.items() for index in range(last + 1)}


def broken(page: Path, text: str) -> list[str]:
    """Relative links of a page that lead nowhere."""
    wrong = []
    for link in links(text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        if path and not target.exists():
            wrong.append(f"{link}: there is no such file")
        elif anchor and anchor not in anchors(text if target == page else target.read_text("utf-8")):
            wrong.append(f"{link}: no heading of that name")
    return wrong


@pytest.mark.parametrize("page", READ_BY_PEOPLE, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    wrong = broken(page, page.read_text("utf-8"))
    assert not wrong, f"{name_of(page)}: " + "; ".join(wrong)


def test_broken_links_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# The `big` heading\n\n## Same\n\n## Same\n", "utf-8")
    page = tmp_path / "page.md"
    good = "# Here\n[a](other.md#the-big-heading) [b](#here) [c](https://example.org/x) ![d](other.md) [e](other.md#same-1)"
    assert broken(page, good) == []
    assert broken(page, "`x` [a](gone.md)") == ["gone.md: there is no such file"]
    assert broken(page, "[a](other.md#same-2)") == ["other.md#same-2: no heading of that name"]
    assert broken(page, "[`a`](gone.md) ```") == ["gone.md: there is no such file"]


@pytest.mark.parametrize("page", [page for page in PAGES if page != DOCS / "README.md"], ids=name_of)
def test_the_index_links_every_page(page: Path) -> None:
    reached = {
        (DOCS / link.partition("#")[0]).resolve()
        for index in ("README.md", "methods.md")
        for link in links((DOCS / index).read_text("utf-8"))
    }
    assert page in reached, f"link {name_of(page)} from docs/README.md or docs/methods.md"


def test_the_readme_links_the_index() -> None:
    assert "docs/README.md" in links((ROOT / "README.md").read_text("utf-8"))


@pytest.mark.parametrize("picture", sorted((DOCS / "images").iterdir()), ids=lambda path: path.name)
def test_pictures_are_small_and_shown(picture: Path) -> None:
    shown = {
        (page.parent / link).resolve() for page in READ_BY_PEOPLE for link in links(page.read_text("utf-8"))
    }
    assert picture in shown, f"no page shows {picture.name}"
    if not picture.name.startswith("report-"):  # whole pages of the report, older than this rule
        assert picture.stat().st_size < 150_000

"""The sections on cost and benefit, and on the change of GDP's basis."""

from __future__ import annotations

from zbanalysis.report import results
from zbanalysis.report.narrative import costs as narrative
from zbanalysis.report.outline.blocks import figure, paragraphs, section, see, table
from zbanalysis.report.outline.citations import cited, numbers
from zbanalysis.report.tables import costs as tables
from zbanalysis.report.words import label

SECTION = "07_cost_benefit"


def sections(content: dict, lang: str) -> list[dict]:
    """Funds and ratios; within them what the change of GDP's basis does, where one is known."""
    funds, ratios, change = (
        results.table(content, SECTION, name) for name in ("funds", "ratios", "basis_change")
    )
    blocks = paragraphs(narrative.funds(funds, ratios, lang))
    if len(funds):
        places = {"figure_funds": see("figure-funds"), "funds": see("funds"), "ratios": see("ratios")}
        notes = [label("text.costs_no_cause", lang), label("text.ratios_years", lang)]
        blocks += [
            *paragraphs([label("text.see_funds", lang, **places)]),
            figure(SECTION, "funds", lang, cites=cited(content, SECTION, "funds")),
            table(
                "funds",
                tables.funds(funds, lang, numbers(content)),
                lang,
                cites=cited(content, SECTION, "funds"),
            ),
            table(
                "ratios",
                tables.ratios(ratios, lang),
                lang,
                notes=notes,
                cites=cited(content, SECTION, "ratios"),
            ),
        ]
    found = section("section.costs", lang, blocks)
    if len(change):
        found["sections"].append(section("section.basis_change", lang, _basis_change(content, change, lang)))
    return [found]


def _basis_change(content: dict, change: object, lang: str) -> list[dict]:
    facts = content["sections"][SECTION]["facts"]
    growth = facts["growth_least"], facts["growth_most"]
    words = label("text.see_basis_change", lang, basis_change=see("basis_change"))
    shown = table(
        "basis_change", tables.basis_change(change, lang), lang,
        notes=[label("text.basis_note", lang)], cites=cited(content, SECTION, "basis_change"),
    )  # fmt: skip
    return [*paragraphs([*narrative.basis_change(change, growth, lang), words]), shown]

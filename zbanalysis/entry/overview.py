"""What a data folder holds for each part of a plan's report, what it lacks, and what next: one screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from zbanalysis.data import periods
from zbanalysis.entry.schema import PLACEHOLDER, shown, width
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from zbanalysis.data.package import Dataset

COLUMNS, PLANS, NAMED = 80, 3, 2
"""Width of the screen; plans told of where there are several; names in a line."""

_NO_BASE = ("level", "range", "cumulative_change", "keep")


def overview(dataset: Dataset, lang: str) -> list[str]:
    """Lines for a terminal, after those of the dataset itself.

    Parameters
    ----------
    dataset
        From `package.load`.
    lang
        The user's language.

    Returns
    -------
    list of str
        At most 13, none wider than `COLUMNS`; of one plan a line a part of its report, of several a
        line a plan.
    """
    plans = dataset.plans[~dataset.plans["plan"].str.startswith(PLACEHOLDER)]
    if plans.empty:
        lines = [label("entry.overview.empty", lang)]
    elif len(plans) == 1:
        lines = list(_parts(dataset, plans.iloc[0], lang))
    else:
        lines = list(filter(None, (_short(dataset, plan, lang) for _, plan in plans.iterrows())))[:PLANS]
    return [cut(line) for line in [*lines, *_next(dataset, plans, lang)]]


def cut(line: str) -> str:
    """A line no wider than the screen; commands stay whole, for they are to be copied."""
    if width(line) <= COLUMNS or "python -m" in line:
        return line
    while width(line) > COLUMNS - 1:
        line = line[:-1]
    return f"{line.rstrip()}…"


def _counts(dataset: Dataset, plan: pd.Series) -> dict[str, tuple[int, int, list[str]]]:
    """By part of the report: how much is there, of how much, and names of what is missing."""
    code, base = plan["plan"], int(plan["base_year"])
    targets = dataset.targets[dataset.targets["plan"] == code]
    targets = targets.drop_duplicates(["area", "indicator", "kind", "target_period"], keep="last")
    seen = dataset.observations.merge(targets[["area", "indicator"]].drop_duplicates())
    after = set(seen.loc[seen["position"] > base, "indicator"])
    points = seen.drop_duplicates(["area", "indicator", "period"]).groupby("indicator").size()
    needs = targets[targets["kind"].isin(_NO_BASE)]
    tables = {name: _rows(dataset, name, code) for name in ("tasks", "evidence", "survey")}
    texts = sorted({path.name.split(".")[0] for path in dataset.folder.glob(f"{code}/text/*.md")})
    every, numbers = list(targets["indicator"]), len(targets)
    some = {
        "bases": (int(needs["base_value"].notna().sum()), len(needs),
                  list(needs.loc[needs["base_value"].isna(), "indicator"])),
        "figures": (sum(one in after for one in every), numbers, [one for one in every if one not in after]),
        "chances": (sum(points.get(one, 0) > 1 for one in every), numbers,
                    [one for one in every if points.get(one, 0) < 2]),
        "offices": (int((targets["office_zh"].ne("") | targets["office_en"].ne("")).sum()), numbers, []),
    }  # fmt: skip
    done = tables["evidence"]["task"].nunique()
    return some | {
        "tasks": (len(tables["tasks"]), 0, []),
        "evidence": (done, len(tables["tasks"]), []),
        "survey": (len(tables["survey"]), 0, []),
        "texts": (len(texts), 0, texts),
    }


def _rows(dataset: Dataset, name: str, plan: str) -> pd.DataFrame:
    table = dataset.tables.get(name, pd.DataFrame(columns=["plan", "task"], dtype="str"))
    if "plan" in table:
        return table[table["plan"] == plan]
    return table[table["task"].isin(_rows(dataset, "tasks", plan)["task"])]


def _parts(dataset: Dataset, plan: pd.Series, lang: str) -> Iterator[str]:
    """One plan: a line for each part of its report, + where it is there and - where it is not."""
    counts = _counts(dataset, plan)
    total = counts["figures"][1]
    yield label("entry.overview.plan", lang, plan=plan["plan"], count=total)
    names = dataset.indicators.set_index("indicator")[f"name_{lang}"]
    for part, (there, of, missing) in counts.items():
        if part == "evidence" and not of:
            continue
        state = "none" if not there else "all" if there >= of else "some"
        lacks = [str(names.get(code, code)) for code in dict.fromkeys(missing)] if part != "texts" else []
        more = label("entry.overview.more", lang, count=len(lacks) - NAMED) if len(lacks) > NAMED else ""
        listed = label("entry.overview.between", lang).join(lacks[:NAMED]) + more
        said = label(f"entry.overview.{state}", lang, there=there, of=of)
        if listed and state == "some":
            said += label("entry.overview.lacks", lang, names=listed)
        what = label(f"entry.overview.part.{part}", lang)
        yield f"  {'-' if state == 'none' else '+'} {what}{' ' * max(1, 34 - width(what))}{said}"


def _short(dataset: Dataset, plan: pd.Series, lang: str) -> str:
    """One of several plans: what of its report there is nothing for."""
    counts = _counts(dataset, plan)
    lacks = [
        label(f"entry.overview.part.{part}", lang)
        for part, (there, of, _) in counts.items()
        if not there and (part != "evidence" or of)
    ]
    names = label("entry.overview.between", lang).join(lacks)
    return label("entry.overview.short", lang, plan=plan["plan"], names=names) if lacks else ""


def _next(dataset: Dataset, plans: pd.DataFrame, lang: str) -> list[str]:
    """What to do now, as a command that can be copied."""
    folder = dataset.folder
    if plans.empty:
        form = shown(folder / "form.xlsx")
        return [label("entry.overview.next_form", lang, form=form, folder=shown(folder))]
    if dataset.waiting:
        form = max(
            folder.glob("draft*.xlsx"), key=lambda path: path.stat().st_mtime, default=folder / "draft.xlsx"
        )
        return [label("entry.overview.next_confirm", lang, form=shown(form), folder=shown(folder))]
    last = dataset.observations["period"].map(periods.position).max() if len(dataset.observations) else None
    none = last is None or last <= plans["base_year"].astype(int).min()
    said = [label("entry.overview.baseline", lang)] if none else []
    command = label("entry.overview.next_report", lang, folder=shown(folder), out=shown(f"{folder}-report"))
    return [*said, command]

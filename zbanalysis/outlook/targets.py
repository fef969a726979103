"""Will each target be reached: chance, what comparable places managed, what is needed.

The chance is read off the predictive distribution of `projection`.  Beside it stand the class
rate, how often the windows most like the series moved as far in as many years (all windows for
a single figure: `base_rates`), and how often other areas managed as much of the same indicator
(`windows`).  `verdict` makes one verdict of it.
"""

from __future__ import annotations

import datetime as dt
from functools import cached_property

import numpy as np
import pandas as pd

from zbanalysis.data import package
from zbanalysis.data.schema import DIRECTIONS, EVERY_YEAR, RANGES, SUMS
from zbanalysis.outlook import verdict
from zbanalysis.plan import inputs, pathway
from zbanalysis.projection import base_rates, project

HORIZON_SHOWN = 15
"""Years ahead in which the median is followed to see when it reaches the target."""

PACE_YEARS = 5
"""The recent pace is that of the last five years, or of as many as there are."""

APART = 0.3
"""A chance and a rate so far apart seem to contradict each other and want a word."""

RELATIONS = ("pace_enough_chance_low", "pace_short_chance_high", "others_more", "others_less", "agrees", "")
"""How need, pace, the others' rate and the chance stand to each other; empty without a chance."""


class Past:
    """What chances rest on, whatever the targets' values and years: made when asked for, and then kept.

    Parameters
    ----------
    assessed, history, as_of, disputed
        As for `feasibility`.
    """

    def __init__(
        self,
        assessed: pd.DataFrame,
        history: pd.DataFrame,
        as_of: dt.date | str | None = None,
        disputed: pd.DataFrame | None = None,
    ) -> None:
        self._from, self._as_of, self._ahead = (assessed, history, disputed), as_of, {}
        self.nature = inputs.nature_of(assessed)

    @cached_property
    def every(self) -> pd.DataFrame:
        """All yearly figures on the present definition."""
        return inputs.series_of(*self._from[:2])

    @cached_property
    def series(self) -> pd.DataFrame:
        """Those of them that are `usable`."""
        return usable(*self._from)

    @cached_property
    def pace(self) -> pd.DataFrame:
        """The recent `pace` of each series."""
        return pace(self.every)

    def ahead(self, years: int, of_class: bool = False) -> project.Projection:
        """The projection by so many years or more; with ``of_class`` as the series most like them went on."""
        key = (max(HORIZON_SHOWN, int(years)), of_class)
        if key not in self._ahead:
            nature = self.nature.drop(columns="domain") if of_class else self.nature
            weight = 1 if of_class else None
            self._ahead[key] = project.project(self.series, key[0], nature, as_of=self._as_of, weight=weight)
        return self._ahead[key]


def feasibility(
    assessed: pd.DataFrame,
    history: pd.DataFrame,
    comparable: pd.DataFrame,
    as_of: dt.date | str | None = None,
    disputed: pd.DataFrame | None = None,
    past: Past | None = None,
) -> pd.DataFrame:
    """Chance of every target of a plan, and what stands beside it; one row per target, always.

    Parameters
    ----------
    assessed
        From `progress.progress`.
    history
        From `progress.history`: the known figures of each target's indicator.
    comparable
        Yearly figures of other areas, ``area, indicator, basis, year, value``; from
        `comparable_series`.
    as_of
        The day; the year in which it lies is the one whose end `needed_value` is for, and nothing
        published later is used.
    disputed
        Figures that another document denies; from `verdict.disputed`.
    past
        Where it is at hand: a moved target does not change it.

    Returns
    -------
    DataFrame
        Index of ``assessed``; ``target, aim`` (the value to be reached in the target year, the
        indicator's unit), ``points`` (figures on the present definition), ``years_left``,
        ``chance, chance_reason``, ``class_rate``, ``comparable_rate, comparable_windows,
        comparable_areas, comparable_from, comparable_to`` (`base_rates.rates`), ``median, low80,
        high80, low95, high95`` (in the target year), ``recent_pace`` (in the measure of
        ``needed``), ``pace_years``, ``needed_year, needed_value`` (what keeps the target in
        reach), ``median_year`` (when the median reaches the target; NaN if not within
        `HORIZON_SHOWN` years), ``value_at_80``, ``value_at_50`` (what would be reached with
        these chances) and ``relation`` (one of `RELATIONS`).

    Notes
    -----
    A target already met gets the chance of still being met in the target year, a limit of being kept in
    every year left (`kept_throughout`).  A range is met between its edges, and so is what is to be
    exactly or about a value.  Where there are several points and at most one of them is sound, the
    chance is what others did from such a level, the class rate, and nothing more is told.
    """
    past = past or Past(assessed, history, as_of, disputed)
    every, series = past.every, past.series
    unclear = assessed["reason"].isin(["sign", "no_direction"])
    aim = pathway.end_value(assessed).mask(unclear)
    rows = pd.DataFrame({"target": assessed["target"], "aim": aim}, index=assessed.index)
    rows["points"] = rows["target"].map(every.groupby("series").size()).fillna(0).astype(int)
    rows["last_year"] = rows["target"].map(series.groupby("series")["year"].max())
    rows["years_left"] = np.floor(assessed["target_position"]) - rows["last_year"]
    rows = rows.join(_chances(assessed, rows, past))
    rows = rows.join(base_rates.rates(assessed, rows, series, comparable))
    rows = rows.join(_recent(assessed, past.pace)).join(_way(assessed, rows, series, as_of))
    level_only = (rows["points"] > 1) & (rows["chance_reason"] == "one_point")
    rows["chance"] = rows["chance"].mask(level_only, rows["class_rate"])
    rows["chance_reason"] = rows["chance_reason"].mask(level_only, "one_sound")
    return rows.assign(relation=relation(assessed, rows))


def usable(
    assessed: pd.DataFrame, history: pd.DataFrame, disputed: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The yearly series that chances and fans rest on, as `inputs.series_of` gives them.

    Left out are figures from before a gap of several years where three or more follow it, and all
    but the newest sound one (or the newest) where fewer than two are sound: a trend through a
    doubtful point is none.

    Examples
    --------
    >>> from zbanalysis.plan import progress
    >>> found = progress.progress(package.load(), "zibo-13", "2020-08-10")
    >>> series = usable(found, progress.history(package.load(), found, "2020-08-10"))
    >>> series.loc[series["series"].str.contains("invention_patents"), "year"].tolist()
    [2019]
    """
    series = inputs.series_of(assessed, history)
    points = verdict.points(assessed, history, disputed)
    used = points[~points["flaw"].isin(list(verdict.LEFT_OUT))]
    sound = used["flaw"] == ""
    lone = sound.groupby(used["target"]).transform("sum") < 2
    ranked = used[lone].assign(sound=sound).sort_values(["target", "sound", "year"])
    kept = pd.concat([used[~lone], ranked.drop_duplicates("target", keep="last")])
    # A sum counts from the base on, whatever its single years are like.
    sums = series["series"].isin(assessed.loc[assessed["kind"].isin(SUMS), "target"])
    counted = pd.MultiIndex.from_frame(kept[["target", "year"]])
    named = pd.MultiIndex.from_frame(series[["series", "year"]])
    return series[sums | named.isin(counted)].reset_index(drop=True)


def fans(
    assessed: pd.DataFrame,
    series: pd.DataFrame,
    levels: tuple[int, ...] = (80, 95),
    as_of: dt.date | str | None = None,
) -> pd.DataFrame:
    """Projection of each target's indicator, year by year, to its target year.

    Returns
    -------
    DataFrame
        ``target, year, mean, lo80, hi80, lo95, hi95``; targets that cannot be projected or
        whose year is over have no rows.
    """
    last = series.groupby("series")["year"].max()
    left = np.floor(assessed.set_index("target")["target_position"]) - last
    left = left[left.between(1, project.LONGEST_HORIZON)]
    series = series[series["series"].isin(left.index)]
    if left.empty:
        return pd.DataFrame(columns=["target", "year", "mean", "lo80", "hi80", "lo95", "hi95"])
    ahead = project.project(series, int(left.max()), inputs.nature_of(assessed), as_of=as_of)
    paths = ahead.to_frame(levels)
    end = np.floor(assessed.set_index("target")["target_position"])
    paths = paths[(paths["reason"] == "") & (paths["year"] <= paths["series"].map(end))]
    return paths.rename(columns={"series": "target"}).drop(columns="reason").reset_index(drop=True)


def comparable_series(observations: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Yearly figures of the provinces, for what others managed.

    Returns
    -------
    DataFrame
        ``area, indicator, basis, year, value``.
    """
    provinces = areas.loc[areas["level"] == "province", "area"]
    kept = observations[observations["area"].isin(provinces) & ~observations["part_year"]]
    kept = kept[kept["position"] - kept["start"] == 1]
    kept = kept.assign(year=kept["position"].astype(int))[["area", "indicator", "basis", "year", "value"]]
    return kept.drop_duplicates(["area", "indicator", "basis", "year"])


def comparable_of(dataset: package.Dataset, date: dt.date | str) -> pd.DataFrame:
    """`comparable_series` of what was known on a day."""
    view = package.as_of(dataset, date)
    return comparable_series(view.observations, view.areas)


def _chances(assessed: pd.DataFrame, rows: pd.DataFrame, past: Past) -> pd.DataFrame:
    """Chance, class rate and distribution in the target year."""
    ahead = rows["years_left"].between(1, project.LONGEST_HORIZON)
    wanted = rows[ahead & rows["aim"].notna() & ~assessed["final"]]
    blank = pd.DataFrame(np.nan, index=rows.index, columns=_CHANCE_COLUMNS).assign(chance_reason="")
    if wanted.empty:
        return blank
    ahead = past.ahead(wanted["years_left"].max())
    goals = wanted[["target", "aim"]].set_axis(["series", "value"], axis=1).assign(
        year=(wanted["last_year"] + wanted["years_left"]).astype(int),
        direction=_direction(assessed.loc[wanted.index]),
    )  # fmt: skip
    asked = _asked(assessed.loc[wanted.index], goals)
    known = ahead.chance(asked)
    blank.loc[wanted.index, "chance"] = known["chance"]
    blank.loc[wanted.index, "chance_reason"] = known["reason"]
    two_sided = asked.index[asked["upper"].notna()]
    if len(two_sided):
        over = asked.loc[two_sided]
        beyond = ahead.chance(over.assign(value=over["upper"], comparator="more_than"))
        # Nothing lies beyond an upper edge that is the indicator's own limit.
        open_ended = over["upper"] < assessed.loc[two_sided, "upper_bound"].fillna(np.inf)
        blank.loc[two_sided, "chance"] -= beyond["chance"].where(open_ended, 0.0)
    for index in wanted.index[assessed.loc[wanted.index, "kind"].isin(EVERY_YEAR)]:
        blank.loc[index, "chance"] = _throughout(asked.loc[index], wanted.loc[index, "last_year"], ahead)
    blank.loc[wanted.index, "class_rate"] = _class_rate(past, goals).where(~wanted.index.isin(two_sided))
    return _with_distribution(blank, goals.assign(upper=asked["upper"]), ahead)


def _asked(assessed: pd.DataFrame, goals: pd.DataFrame) -> pd.DataFrame:
    """Goals with what is asked of the outcome: a comparator and, where both sides count, the upper edge."""
    nothing = pd.Series(np.nan, assessed.index)
    stated = assessed.get("comparator", pd.Series("", assessed.index))
    tolerance = assessed.get("tolerance", nothing).fillna(assessed.get("half_width", nothing)).fillna(0.0)
    about = stated == "about"
    both = (stated == "exactly") | (about & ~assessed["direction"].isin(["up", "down"]))
    sign = goals["direction"].map({"up": 1.0, "down": -1.0}).mask(both, 1.0)
    strict = goals["direction"].map({"up": "more_than", "down": "less_than"})
    usual = goals["direction"].map({"up": "at_least", "down": "at_most"})
    comparator = usual.where(~stated.isin(["more_than", "less_than"]), strict).mask(both, "at_least")
    upper = assessed["target_upper"].where(assessed["kind"].isin(RANGES))
    slack = tolerance.where(about | both, _rounding_at_limit(assessed, goals))
    return goals.assign(
        value=goals["value"] - sign * slack,
        comparator=comparator,
        upper=upper.mask(both, goals["value"] + tolerance),
    )


def _rounding_at_limit(assessed: pd.DataFrame, goals: pd.DataFrame) -> pd.Series:
    """Half the last printed digit where a target is the indicator's own limit: 99.6 % is printed as 100.

    Nothing can lie beyond, so that without it a share that always was 100 would be so by an even chance.
    """
    nothing, share = pd.Series(np.nan, assessed.index), assessed["scale"] == "share"
    low, high = (assessed.get(f"{side}_bound", nothing).fillna(share.map({True: end, False: np.nan}))
                 for side, end in (("lower", 0.0), ("upper", 100.0)))  # fmt: skip
    limit = high.where(goals["direction"] == "up", low)
    counted = assessed["scale"] == "count"  # whole numbers are rounded already
    half = assessed.get("current_half_width", nothing).fillna(0.0)
    return half.where((goals["value"] == limit) & ~counted, 0.0)


def _throughout(goal: pd.Series, last_year: float, ahead: project.Projection) -> float:
    years = np.arange(int(last_year) + 1, goal["year"] + 1)
    each = ahead.chance(pd.DataFrame([goal] * len(years)).assign(year=years))["chance"]
    return kept_throughout(each.to_numpy())


def kept_throughout(chances: np.ndarray) -> float:
    """The chance that a limit is kept in every year, from the chance that it is kept in each.

    The years are taken to go on from each other as the steps of a random walk do: between years s and t
    ahead the correlation is √(s/t).  Independent years would make it too small, the least of the years'
    chances too large.

    Parameters
    ----------
    chances
        Of the first year ahead, the second, and so on.

    Examples
    --------
    >>> float(round(kept_throughout(np.array([0.5, 0.5])), 3))
    0.375
    """
    from scipy.stats import norm

    if np.isnan(chances).any():
        return float("nan")
    grid = np.linspace(-8, 8, 1601) * np.sqrt(len(chances))
    step = grid[1] - grid[0]
    kernel = norm.pdf(np.arange(-np.ceil(8 / step), np.ceil(8 / step) + 1) * step) * step
    density = norm.pdf(grid)
    for year, chance in enumerate(np.clip(chances, 1e-12, 1 - 1e-12), start=1):
        if year > 1:
            density = np.convolve(density, kernel, mode="same")
        edge = -norm.ppf(chance) * np.sqrt(year)
        # The cell in which the edge lies counts by the part that is kept.
        density = density * np.clip((grid - edge) / step + 0.5, 0.0, 1.0)
    return float(density.sum() * step)


_CHANCE_COLUMNS = [
    "chance", "class_rate", "median", "low80", "high80", "low95", "high95",
    "value_at_80", "value_at_50", "median_year",
]  # fmt: skip


def _class_rate(past: Past, goals: pd.DataFrame) -> pd.Series:
    """How often the windows most like each series moved as far; of one figure, all windows."""
    last = goals["series"].map(past.series.groupby("series")["year"].max())
    rate = past.ahead((goals["year"] - last).max(), of_class=True).chance(goals)["chance"]
    if not rate.isna().any():
        return rate
    nature = past.nature.drop(columns="domain")
    return rate.fillna(base_rates.base_rate(past.series, goals, nature)["base_rate"])


def _with_distribution(blank: pd.DataFrame, goals: pd.DataFrame, ahead: project.Projection) -> pd.DataFrame:
    """What the target year's distribution says in the indicator's own unit."""
    levels = {"median": 0.5, "low80": 0.1, "high80": 0.9, "low95": 0.025, "high95": 0.975}
    levels |= {"q20": 0.2, "q80": 0.8}
    frame = ahead.rows[["series", "year"]].assign(**{name: ahead.quantile(p) for name, p in levels.items()})
    at = goals.reset_index().merge(frame, on=["series", "year"], how="left").set_index("index")
    told = list(levels)[:5]
    blank.loc[at.index, told] = at[told]
    blank.loc[at.index, "value_at_50"] = at["median"]
    # Four chances in five of reaching it: the lower fifth where up is good, the upper where down is.
    blank.loc[at.index, "value_at_80"] = at["q20"].where(at["direction"] == "up", at["q80"])
    for index, goal in goals.iterrows():
        path = frame[frame["series"] == goal["series"]]
        sign = 1 if goal["direction"] == "up" else -1
        there = (sign * (path["median"] - goal["value"]) >= 0) & ~(path["median"] > goal["upper"])
        reached = path.loc[there, "year"]
        blank.loc[index, "median_year"] = float(reached.min()) if len(reached) else np.nan
    return blank


def _direction(assessed: pd.DataFrame) -> pd.Series:
    """Direction in which a target is met: a floor from above, a ceiling from below."""
    fixed = dict.fromkeys(RANGES, "up") | dict(DIRECTIONS)
    return assessed["kind"].map(fixed).fillna(assessed["direction"].replace(["", "unknown"], "up"))


def _recent(assessed: pd.DataFrame, paces: pd.DataFrame) -> pd.DataFrame:
    """Average growth or change of the last years, in the measure in which the need is given."""
    measure = assessed["needed_measure"].where(assessed["needed_measure"] != "", assessed["asked_measure"])
    own = assessed[["target"]].join(paces, on="target")
    recent = own["growth"].where(measure == "growth", own["change"])
    return pd.DataFrame({"recent_pace": recent, "pace_years": own["pace_years"]})


def pace(series: pd.DataFrame, years: int = PACE_YEARS) -> pd.DataFrame:
    """Average growth and change a year over the last years of each series.

    Growth is (y/y0)^(1/n) − 1 in per cent.  Where the figure before the last is older than
    ``years``, it is still the only pace there is and is used.

    Parameters
    ----------
    series
        ``series, year, value``, one row per year.
    years
        Length of the window.

    Returns
    -------
    DataFrame
        By series: ``growth`` (%; NaN where a value is not positive), ``change``, ``pace_years``; NaN
        for a series of one figure.

    Examples
    --------
    >>> past = pd.DataFrame({"series": "a", "year": [2018, 2020], "value": [100.0, 121.0]})
    >>> pace(past)["growth"].round(6).tolist()
    [10.0]
    """
    ordered = series.sort_values(["series", "year"], kind="stable")
    last = ordered.groupby("series")[["year", "value"]].last()
    before = ordered.join(last.add_prefix("last_"), on="series")
    before = before[before["year"] < before["last_year"]]
    within = before[before["year"] >= before["last_year"] - years]
    within = within.groupby("series")[["year", "value"]].first()
    start = within.combine_first(before.groupby("series")[["year", "value"]].last()).reindex(last.index)
    span = (last["year"] - start["year"]).astype(float)
    positive = (last["value"] > 0) & (start["value"] > 0)
    ratio = (last["value"] / start["value"]).where(positive)
    change = (last["value"] - start["value"]) / span
    return pd.DataFrame({"growth": 100 * (ratio ** (1 / span) - 1), "change": change, "pace_years": span})


def _way(
    assessed: pd.DataFrame, rows: pd.DataFrame, series: pd.DataFrame, as_of: dt.date | str | None
) -> pd.DataFrame:
    """The value at the end of the current year that keeps the target in reach at the pace needed.

    Without a day, or where the figure of its year is known, the year after the last figure counts.
    """
    last = rows["target"].map(series.sort_values("year").groupby("series")["value"].last())
    year = rows["last_year"] + 1
    if as_of is not None:
        year = np.maximum(year, package.parse_date(as_of).year)
    ahead = (rows["years_left"] > 0) & rows["aim"].notna() & assessed["needed"].notna()
    year = np.minimum(year, np.floor(assessed["target_position"])).where(ahead)
    gone = (year - rows["last_year"]) / rows["years_left"]
    grows = (assessed["needed_measure"] == "growth") & (last > 0) & (rows["aim"] > 0)
    growth = (rows["aim"] / last).where(grows) ** gone
    value = (last * growth).where(grows, last + gone * (rows["aim"] - last))
    return pd.DataFrame({"needed_year": year, "needed_value": value.where(ahead)})


def relation(assessed: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """Which of need, recent pace, the others' rate and the chance seem to contradict each other.

    Parameters
    ----------
    assessed
        ``needed, reached`` and ``direction``, from `progress.progress`.
    rows
        ``chance, recent_pace, class_rate, comparable_rate``, same index.

    Returns
    -------
    Series
        One of `RELATIONS`: the recent pace would be enough (or too slow) though the chance is
        below (above) one half; other areas, or else the reference series, managed as much more
        (or less) often than the chance by `APART`.

    Examples
    --------
    >>> found = pd.DataFrame({"needed": [20.7], "reached": [False], "direction": ["up"]})
    >>> relation(found, pd.DataFrame({"chance": [0.13], "recent_pace": [22.9], "class_rate": [0.05],
    ...                               "comparable_rate": [float("nan")]})).tolist()
    ['pace_enough_chance_low']
    """
    chance = rows["chance"]
    sign = assessed["direction"].map({"down": -1.0}).fillna(1.0)
    spare = sign * (rows["recent_pace"] - assessed["needed"])
    # A target met already needs nothing more, and no pace is held against it.
    spare = spare.mask(assessed["reached"].astype("boolean").fillna(False).astype(bool))
    others = rows["comparable_rate"].fillna(rows["class_rate"])
    cases = [
        (chance.isna(), ""),
        ((spare >= 0) & (chance < 0.5), "pace_enough_chance_low"),
        ((spare < 0) & (chance >= 0.5), "pace_short_chance_high"),
        (others - chance >= APART, "others_more"),
        (chance - others >= APART, "others_less"),
    ]
    return pd.Series(np.select(*zip(*cases, strict=True), default="agrees"), rows.index)


def safety(rows: pd.DataFrame) -> pd.Series:
    """How safely each target is set, by the values that would be reached with a chance of 80 % and of 50 %.

    Parameters
    ----------
    rows
        ``direction, aim, value_at_50, value_at_80``; the chance is known.

    Returns
    -------
    Series
        ``safe`` (the target asks no more than the value at 80 %), ``even`` (no more than that at 50 %) or
        ``doubtful``.

    Examples
    --------
    >>> rows = pd.DataFrame({"direction": ["up", "up", "down"], "aim": [10.0, 12.0, 10.0],
    ...                      "value_at_50": [12.0, 12.5, 11.0], "value_at_80": [11.0, 11.0, 12.0]})
    >>> safety(rows).tolist()
    ['safe', 'even', 'doubtful']
    """
    sign = rows["direction"].map({"up": 1, "down": -1})
    within = [sign * (rows[f"value_at_{level}"] - rows["aim"]) >= 0 for level in (80, 50)]
    return pd.Series(np.select(within, ["safe", "even"], "doubtful"), rows.index, dtype=object)

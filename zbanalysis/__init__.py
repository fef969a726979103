"""Evaluate a five-year plan: what was reached, what will be reached, and how sure we are.

Every name below is loaded when it is first used, so that the import costs nothing.

Examples
--------
>>> import zbanalysis as zb
>>> zb.feasibility(zb.load(), "zibo-14", "2022-04-19")[["target", "chance", "verdict"]].head(2)
                                  target    chance     verdict
0           zibo/rd_intensity/level/2025       NaN  not_judged
1  zibo/hightech_output_share/level/2025  0.18...     unlikely
"""

__version__ = "0.1.0"

_PLACES = {
    "load": "data.package",
    "as_of": "data.package",
    "series": "data.vintages",
    "progress": "plan.progress",
    "assess": "plan.rules",
    "fit_trend": "trend:fit",
    "choose_trend": "trend:choose",
    "project": "projection.project",
    "backtest": "projection.backtest",
    "feasibility": "outlook.verdict:judge",
    "hindsight": "outlook.hindsight",
    "run_audit": "evidence.audit:audit",
    "chart": "report.charts",
    "style": "report.style:context",
    "publish": "report.results",
}

__all__ = list(_PLACES)


def __getattr__(name: str) -> object:
    """A name of the face, from its place."""
    if name not in _PLACES:
        raise AttributeError(f"module 'zbanalysis' has no attribute {name!r}")
    from importlib import import_module

    module, _, function = _PLACES[name].partition(":")
    return getattr(import_module(f"zbanalysis.{module}"), function or name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

"""Frame → chart, one function for each question a reader asks; only places on the paper are computed."""

from zbanalysis.report.charts.chart import Chart
from zbanalysis.report.charts.completion import COMPLETION_SHOWN_TO, completion
from zbanalysis.report.charts.outlook import fans, trends
from zbanalysis.report.charts.paths import paths
from zbanalysis.report.charts.reliability import reliability
from zbanalysis.report.charts.rules import rules

__all__ = [
    "COMPLETION_SHOWN_TO",
    "Chart",
    "completion",
    "fans",
    "paths",
    "reliability",
    "rules",
    "trends",
]

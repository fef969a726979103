"""Frame → chart, one function for each question a reader asks; only places on the paper are computed."""

from zbanalysis.charts import single
from zbanalysis.charts.chart import Chart
from zbanalysis.charts.completion import COMPLETION_SHOWN_TO, completion
from zbanalysis.charts.outlook import fans, trends
from zbanalysis.charts.paths import paths
from zbanalysis.charts.reliability import reliability
from zbanalysis.charts.rules import rules

__all__ = [
    "COMPLETION_SHOWN_TO",
    "Chart",
    "completion",
    "fans",
    "paths",
    "reliability",
    "rules",
    "single",
    "trends",
]

"""Frame → chart, one function for each question a reader asks; only places on the paper are computed."""

from zbanalysis.report.charts.bars import funds, reliability, survey
from zbanalysis.report.charts.chart import Chart, published
from zbanalysis.report.charts.outlook import fans, trends
from zbanalysis.report.charts.paths import paths
from zbanalysis.report.charts.targets import attainment, rules

__all__ = [
    "Chart",
    "attainment",
    "fans",
    "funds",
    "paths",
    "published",
    "reliability",
    "rules",
    "survey",
    "trends",
]

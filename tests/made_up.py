"""A data folder of one made-up plan, for tests that need targets of every kind; nothing in it is published."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from zbanalysis.data import package, schema
from zbanalysis.data.periods import last_month

WORDS = {"zh": "虚构", "en": "made up"}
_TEXTS = ("name", "title", "publisher", "unit")


def folder(place: Path, tables: Mapping[str, Sequence[Mapping[str, object]]]) -> Path:
    """Tables of rows as a data folder, with what the rows leave out filled in: names are codes.

    Parameters
    ----------
    place
        Where it is written.
    tables
        ``indicators`` and ``targets`` at least; the city ``town``, its plan ``town-14`` (base 2020, 2021 to
        2025) and sources of each year, ``s-2021`` of 2021-12-31, are there already.
    """
    place.mkdir(parents=True, exist_ok=True)
    source = Path(package.__file__).with_name("datapackage.json")
    shutil.copyfile(source, place / "datapackage.json")
    rows = {
        "sources": [{"source": f"s-{year}", "date_published": f"{year}-12-31", "confidence": "high"}
                    for year in range(2011, 2032)],
        "areas": [{"area": "town", "level": "city"}],
        "bases": [{"basis": "as_published"}],
        "observations": [],
        "plans": [{"plan": "town-14"}],
    } | dict(tables)  # fmt: skip
    for path, table in schema.tables().items():
        name = path.removesuffix(".csv")
        if name not in rows:
            continue
        with (place / path).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, table.columns, restval="", extrasaction="raise")
            writer.writeheader()
            writer.writerows(_filled(name, table.columns, row, at) for at, row in enumerate(rows[name], 1))
    return place


def _filled(name: str, columns: Sequence[str], row: Mapping[str, object], at: int) -> dict[str, object]:
    code = str(next(iter(row.values())))
    defaults = {
        "indicators": {"unit_zh": "个", "unit_en": "units", "direction": "up", "scale": "count",
                       "accumulation": "stock", "domain": "other"},
        "plans": {"area": "town", "base_year": 2020, "start_year": 2021, "end_year": 2025, "source": "s-2020",
                  "report": "yes"},
        "observations": {"area": "town", "status": "final", "basis": "as_published", "locator": "p. 1"},
        "targets": {"plan": "town-14", "area": "town", "order": at, "kind": "level", "basis": "as_published",
                    "target_period": "2025", "attribute": "expected", "source": "s-2020", "locator": "p. 1"},
    }.get(name, {})  # fmt: skip
    texts = {
        f"{text}_{lang}": f"{code}" if text != "unit" else ""
        for text in _TEXTS
        for lang in WORDS
        if f"{text}_{lang}" in columns
    }
    return {**texts, **defaults, **row}


def figures(indicator: str, values: Mapping[str, object], **more: object) -> list[dict[str, object]]:
    """Published figures of one indicator by period, each from the source of the year in which it ends."""
    return [
        {"indicator": indicator, "period": period, "value": value, "source": f"s-{last_month(period)[0]}"}
        | more
        for period, value in values.items()
    ]


def plan(
    place: Path, targets: Sequence[Mapping[str, object]], given: Mapping[str, Mapping[str, object]],
    indicators: Mapping[str, Mapping[str, object]] | None = None, **tables: Sequence[Mapping[str, object]],
) -> package.Dataset:  # fmt: skip
    """A made-up plan read: targets, figures by indicator and period, and what its indicators measure."""
    about = dict(indicators or {})
    codes = dict.fromkeys([str(row["indicator"]) for row in targets] + list(given))
    rows = [{"indicator": code} | dict(about.get(code, {})) for code in codes]
    seen = [row for code, values in given.items() for row in figures(code, values)]
    content = {"indicators": rows, "targets": list(targets), "observations": seen} | tables
    return package.load(folder(place, content))


# --- a plan of health ------------------------------------------------------------------------------------------------

_HEALTH = """
life_expectancy|人均预期寿命|岁|amount|up|level|77.6|2025:78.6|2021:77.9,2022:78.0,2023:78.2|change:1
infant_mortality|婴儿死亡率|‰|ratio|down|level|3.9|2025:3.0|2021:3.7,2022:3.6,2023:3.2|
child_mortality|5岁以下儿童死亡率|‰|ratio|down|level|5.4|2023:5.0,2025:4.5|2021:5.2,2022:5.1,2023:4.9|
maternal_mortality|孕产妇死亡率|1/10万|ratio|down|level|12.0|2025:9.0|2021:11.6,2022:15.7,2023:10.2|
premature_death|重大慢性病过早死亡率|%|share|down|cumulative_change|15.9|2025:-8|2021:15.6,2022:15.2,2023:14.9|
smoking|15岁以上人群吸烟率|%|share|down|level|26.2|2025:23.3|2022:25.1|
health_literacy|居民健康素养水平|%|share|up|level|19.2|2023:23,2025:25|2021:21.4,2022:23.1,2023:25.9|
exercise|经常参加体育锻炼人数比例|%|share|up|level|37.0|2025:38.5|2021:37.2,2023:38.0|
doctors|每千人口执业（助理）医师数|人|ratio|up|level|2.77|2025:3.20|2021:2.88,2022:2.99,2023:3.12|rate:2.93
nurses|每千人口注册护士数|人|ratio|up|level|3.18|2025:3.80|2021:3.31,2022:3.44,2023:3.60|
beds|每千人口医疗卫生机构床位数|张|ratio|up|range|6.3|2025:7.1~7.6|2021:6.5,2022:6.8,2023:7.8|
general_practitioners|每万人口全科医生数|人|ratio|up|level|2.6|2025:3.93|2021:2.8,2022:3.1,2023:3.3|
infant_centres|每千人口3岁以下婴幼儿托位数|个|ratio|up|level|1.5|2025:4.5|2021:2.0,2022:2.6,2023:3.4|
vaccination|适龄儿童免疫规划疫苗接种率|%|share|up|floor||2021/2025:95|2021:97.2,2022:94.6,2023:96.8|
polluted_days|重污染天气天数|天|count|down|level|9|2025:0|2021:6,2022:4,2023:2|
black_water|城市黑臭水体比例|%|share|down|level|3.4|2025:0|2022:1.0,2023:0.6|
out_of_pocket|个人卫生支出占卫生总费用比重|%|share|down|level|28.4|2025:27|2021:27.7,2022:27.2,2023:27.0|
tuberculosis|肺结核发病率|1/10万|ratio|down|level|48.0|2025:40.0|2021:46.1,2022:44.0,2023:43.2|
hepatitis|乙肝表面抗原阳性率|%|share|down|ceiling||2021/2025:5|2021:4.8,2022:4.6|
trained_doctors|培训基层医生累计人次|人次|count|up|cumulative_sum||2021/2025:6000|2021:1200,2022:1150,2023:1300|flow
new_beds|新增三级医院床位|张|count|up|cumulative_sum||2021/2025:2500|2021/2023:1400|flow
health_spending|卫生健康支出|亿元|amount|up|average_growth|42.0|2025:6|2021:45.1,2022:47.0,2023:51.2|flow
medical_inflation|医药费用增幅|%|ratio|down|average_rate||2025:5.5|2021:8.1,2022:3.0,2023:5.2|
telemedicine|开展远程医疗的县区数|个|count|up|keep|8|2025:8|2022:8,2023:7|
""".strip().splitlines()


def health(place: Path, count: int | None = None) -> Path:
    """A made-up health plan in Chinese: 27 targets, eleven of them down, ‰ and 1/10 万, milestones.

    ``count`` takes the first so many targets, or repeats their indicators under other names beyond 27.
    """
    tables: dict[str, list[dict[str, object]]] = {"indicators": [], "targets": [], "observations": []}
    rows = [line.split("|") for line in _HEALTH]
    if count is not None and count > 27:
        rows += [[f"{row[0]}_again", f"{row[1]}（农村）", *row[2:]] for row in rows]
    for code, name, unit, scale, direction, kind, base, aims, seen, more in rows:
        tables["indicators"].append({
            "indicator": code, "name_zh": name, "name_en": "", "unit_zh": unit, "unit_en": "", "scale": scale,
            "direction": direction, "accumulation": "flow" if more == "flow" else "stock", "lower_bound": 0,
        })  # fmt: skip
        for aim in aims.split(","):
            period, value = aim.split(":")
            stated = dict([more.split(":")]) if ":" in more else {}
            tables["targets"].append({
                "indicator": code, "kind": kind, "base_period": "" if "/" in period or not base else "2020",
                "base_value": base, "target_period": period, "target_value": value.partition("~")[0],
                "target_upper": value.partition("~")[2], "order": len(tables["targets"]) + 1,
                "stated_change": stated.get("change", ""), "stated_rate": stated.get("rate", ""),
            })  # fmt: skip
        given = dict(one.split(":") for one in seen.split(","))
        tables["observations"] += figures(code, given)
    relative = {
        "indicator": "growth_of_spending",
        "name_zh": "卫生健康支出增速",
        "unit_zh": "%",
        "scale": "ratio",
    }
    tables["indicators"].append(relative | {"name_en": "", "unit_en": ""})
    tables["targets"].append({"indicator": "growth_of_spending", "kind": "in_words", "words_zh": "高于一般公共预算支出增速",
                              "order": len(tables["targets"]) + 1})  # fmt: skip
    tables["observations"] += figures("growth_of_spending", {"2021": "7.4", "2022": "4.2", "2023": "8.9"})
    if count is not None:
        tables["targets"] = tables["targets"][:count]
    return folder(place, tables | {
        "sources": [{"source": f"s-{year}", "date_published": f"{year}-12-31", "confidence": "high",
                     "title_zh": f"虚构县卫生健康统计公报（{year}年）", "title_en": "", "publisher_zh": "虚构县卫生健康局",
                     "publisher_en": ""} for year in range(2018, 2027)],
        "areas": [{"area": "town", "level": "county", "name_zh": "虚构县", "name_en": ""}],
        "bases": [{"basis": "as_published", "name_zh": "按公布口径", "name_en": ""}],
        "plans": [{"plan": "town-14", "name_zh": "虚构县“十四五”卫生健康发展规划", "name_en": "", "field": "health"}],
    })  # fmt: skip

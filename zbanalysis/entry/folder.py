"""A data folder of a city's own: made with tables and form; what it holds and lacks for a report."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from zbanalysis.data import files, package, periods, read
from zbanalysis.data.schema import BASED, LANGUAGES, REQUIRED, of_text
from zbanalysis.entry.schema import FORM, OPTIONAL, PLACEHOLDER, descriptor, listed, shown, tables
from zbanalysis.errors import InputError, ZbError, aligned, width
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from zbanalysis.data.package import Dataset

_TEMPLATES = Path(__file__).parent
_SHORT_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


FIELDS = {
    "science": ("科技", "科学", "创新", "science", "technology", "innovation"),
    "health": ("卫生", "健康", "医疗", "health"),
    "environment": ("环境", "生态", "环保", "environment", "climate"),
    "economy": ("经济", "国民", "发展规划纲要", "economy", "economic"),
    "blank": (),
}
"""Starter lists of indicators, and the words of a name that choose one."""


_WORDS_OF_FIELDS = "|".join(word for words in FIELDS.values() for word in words)
_PLAN = re.compile(rf"(?:[“”]?十[一二三四五六]五[“”]?|规划|发展|事业|{_WORDS_OF_FIELDS})+$")
"""Words of a plan behind the name of its area."""


@dataclass(frozen=True)
class City:
    """What a new folder is about; ``guessed`` names what nobody gave and no name told."""

    area: str
    name_zh: str
    name_en: str
    level: str
    field: str
    languages: tuple[str, ...]
    guessed: tuple[str, ...] = ()


def city(
    folder: Path, area: str = "", name_zh: str = "", name_en: str = "", level: str = "", field: str = "",
    languages: Sequence[str] = (),
) -> City:  # fmt: skip
    """What follows of a new folder from its name and from what was given.

    Parameters
    ----------
    folder
        Its name is the city's where none is given and it is Chinese.
    area
        The city's short name; by default made from the folder's.
    name_zh, name_en
        The city's names; one is enough, and where there is none the short name stands for it.
    level, field, languages
        As the name tells, unless given: of `FIELDS`, and of the languages in which names are given.

    Raises
    ------
    InputError
        If the short name is none.

    Examples
    --------
    >>> made = city(Path("洞头区卫生健康规划"))
    >>> made.name_zh, made.level, made.field, made.languages, made.guessed
    ('洞头区', 'county', 'health', ('zh',), ())
    """
    title = folder.resolve().name
    if not (name_zh or name_en) and of_text(title) == "zh":
        name_zh = _PLAN.sub("", title) or title  # new 温州洞头, new 洞头区卫生健康规划
    known = level or level_of(name_zh or name_en or area or title)
    chosen = field or told_field(f"{title} {name_zh} {name_en}")
    spoken = tuple(lang for lang, name in (("zh", name_zh), ("en", name_en)) if name)
    guessed = {"level": known, "field": chosen, "languages": languages or spoken}
    short = _short_name(area, folder, known or "city")
    # One language is enough; where nothing is said the short name stands for the name.
    return City(
        area=short, name_zh=name_zh, name_en=name_en if spoken else short, level=known or "city",
        field=chosen or "blank", languages=tuple(languages) or spoken or LANGUAGES,
        guessed=tuple(name for name, value in guessed.items() if not value),
    )  # fmt: skip


def create(folder: Path, about: City | None = None, lang: str = "en") -> str:
    """Make a data folder for another city, whole or not at all.

    Parameters
    ----------
    folder
        A folder that is not there yet, or is empty.
    about
        From `city`; by default what the folder's name tells.
    lang
        The language of what is returned.

    Returns
    -------
    str
        What was made, and what to do next.

    Raises
    ------
    InputError
        If the folder holds something, cannot be made there, or the short name is none.
    """
    about = about or city(folder)
    _check_place(folder)
    title = folder.resolve().name
    try:
        with tempfile.TemporaryDirectory(prefix=f".{title}.", dir=folder.resolve().parent) as place:
            made = Path(place) / title
            made.mkdir()
            _fill(made, about)
            _put(made, folder)
    except OSError as error:
        raise ZbError(f"{folder} cannot be made ({error.strerror or error}); name another place.") from error
    spoken = "both" if len(about.languages) > 1 else about.languages[0]
    values = {"folder": shown(folder), "form": shown(folder / "form.xlsx"), "area": about.area}
    values |= {"level": label(f"entry.choice.level.{about.level}", lang)}
    values |= {"field": label(f"entry.field.{about.field}", lang)}
    values |= {"languages": label(f"entry.languages.{spoken}", lang)}
    keys = ("done", "area", "form", "example", "tables", "next")
    return "\n".join(label(f"entry.new.{key}", lang, **values) for key in keys)


def _put(made: Path, folder: Path) -> None:
    """The made folder in its place; an empty one that somebody stands in is filled, not replaced."""
    if not folder.is_dir():
        made.replace(folder)
        return
    done = []
    try:
        for path in list(made.iterdir()):  # one by one: copied whole, the folder would lose its own rights
            done.append(folder / path.name)
            shutil.move(path, folder / path.name)  # the folder may be a volume of its own
    except OSError:
        for path in done:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        raise


_LEVELS = {
    "nation": ("全国", "中国", "国家"),
    "zone": ("高新区", "开发区", "新区", "园区", "示范区", "zone"),
    "province": ("省", "自治区", "province"),
    "county": ("区", "县", "旗", "county", "district"),
    "city": ("市", "州", "盟", "city"),
}
_PROVINCES = (
    " 北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 "
    "广西 海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 香港 澳门 "
)
_LONG_CITIES = (
    " 呼和浩特 乌鲁木齐 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 克拉玛依 齐齐哈尔 西双版纳 博尔塔拉 巴音郭楞 "
)


def told_field(text: str) -> str:
    """The field of a plan by the words of its title; empty where they say nothing.

    Examples
    --------
    >>> told_field("洞头区卫生健康规划"), told_field("Climate and Environment Plan"), told_field("洞头区")
    ('health', 'environment', '')
    """
    lower = text.lower()
    return next((one for one, words in FIELDS.items() if any(word in lower for word in words)), "")


def level_of(name: str) -> str:
    """The level of an area by its name; empty where it says nothing.

    A Chinese name of four characters and more without a last word is a city's and one of its counties'.

    Examples
    --------
    >>> level_of("山东省"), level_of("洞头区"), level_of("苏州工业园区"), level_of("Harrow County")
    ('province', 'county', 'zone', 'county')
    >>> level_of("温州洞头"), level_of("山东"), level_of("鄂尔多斯"), level_of("淄博")
    ('county', 'province', 'city', '')
    """
    text = name.strip().lower()
    level = next((one for one, ends in _LEVELS.items() if text.endswith(ends)), "")
    if level or f" {text} " in _PROVINCES:
        return level or "province"
    if f" {text} " in _LONG_CITIES:
        return "city"
    return "county" if re.fullmatch("[\u4e00-\u9fff]{4,6}", text) else ""


def _short_name(area: str, folder: Path, level: str) -> str:
    name = area or re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or f"my-{level}"
    if not _SHORT_NAME.fullmatch(name):
        raise InputError(
            f"--area '{name}' is no short name; use small letters, digits and hyphens, such as qingdao."
        )
    if name.startswith(PLACEHOLDER):
        raise InputError(f"--area '{name}': names that begin with placeholder are taken; choose another.")
    return name


def _check_place(folder: Path) -> None:
    above = folder.resolve().parent
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; name a folder.")
    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder} holds files already; name a new or an empty folder.")
    if not above.is_dir():
        raise InputError(f"The folder {above} does not exist; create it or name another place.")


def _fill(made: Path, about: City) -> None:
    """Everything a new folder holds."""
    from zbanalysis.entry.form import form  # late: a check needs nothing that writes workbooks

    described = json.dumps(descriptor(), ensure_ascii=False, indent=2) + "\n"
    (made / "datapackage.json").write_text(described, "utf-8", newline="\n")
    names = ("area", "name_zh", "name_en", "level")
    own = pd.DataFrame([{name: getattr(about, name) for name in names} | {"parent": ""}], dtype="str")
    for name in REQUIRED:
        frame = _spoken(template("placeholder", name), about.languages)
        if name == "areas" and (about.name_zh or about.name_en != about.area):
            frame = pd.concat([frame, own], ignore_index=True)
        files.write_table(frame, made / f"{name}.csv", escape=False)
    for name in OPTIONAL:
        files.write_table(pd.DataFrame(columns=list(tables()[name].columns)), made / f"{name}.csv")
    for path in ("README.md", "README.zh.md"):
        text = (_TEMPLATES / "placeholder" / path).read_text("utf-8")
        for name in ("FOLDER/form.xlsx", "FOLDER-report", "FOLDER"):
            text = text.replace(name, shown(name.replace("FOLDER", made.name)))
        (made / path).write_text(text, "utf-8", newline="\n")
    shutil.copytree(_TEMPLATES / "placeholder" / "text", made / "placeholder-plan" / "text")
    given = {"areas": own, "bases": _spoken(template("starter", "bases"), about.languages)}
    if about.field != "blank":
        given["indicators"] = _spoken(template("starter", about.field), about.languages)
    (made / "form.xlsx").write_bytes(form(given, languages=about.languages))
    example = {name: template("example", name) for name in FORM}
    (made / "form-example.xlsx").write_bytes(form(example, synthetic=True))


def _spoken(frame: pd.DataFrame, languages: Sequence[str]) -> pd.DataFrame:
    """A table without the texts of a language that the folder does not speak."""
    others = [one for one in frame if one[-3:] in ("_zh", "_en") and one[-2:] not in languages]
    return frame.assign(**dict.fromkeys(others, ""))


def template(kind: str, name: str) -> pd.DataFrame:
    """A table that comes with the package: of ``placeholder``, ``example``, or a list of ``starter``.

    Examples
    --------
    >>> template("example", "areas")["name_en"].tolist()
    ['Example City']
    """
    return read.table(_TEMPLATES / kind / f"{name}.csv", []).reset_index(drop=True)


# --- one screen: what a folder holds for each part of a plan's report, what it lacks, and what next ---

COLUMNS, PLANS, NAMED = 80, 3, 2
"""Width of the screen; plans told of where there are several; names in a line."""


def overview(dataset: Dataset, lang: str) -> list[str]:
    """What `check` says of a right folder: what is there, what each part of a report lacks, and what next.

    Parameters
    ----------
    dataset
        From `package.load`.
    lang
        The user's language.

    Returns
    -------
    list of str
        At most 24, none wider than `COLUMNS`; of one plan a line a part of its report, of several a
        line a plan.
    """
    there = aligned(package.overview(dataset, lang))
    plans = dataset.plans[~dataset.plans["plan"].str.startswith(PLACEHOLDER)]
    lines = [] if len(plans) else [label("entry.overview.empty", lang)]
    for _, plan in plans.iterrows():
        lines += _parts(dataset, plan, lang) if len(plans) == 1 else _short(dataset, plan, lang)
    lines = lines[:PLANS] if len(plans) > 1 else lines
    passed = label("entry.overview.passed", lang)
    return [_cut(line) for line in [*there, *lines, *_next(dataset, plans, lang), passed]]


def _cut(line: str) -> str:
    """A line no wider than the screen; commands stay whole, for they are to be copied."""
    if width(line) <= COLUMNS or "python -m" in line:
        return line
    widths = accumulate(map(width, line))
    return "".join(one for one, end in zip(line, widths, strict=True) if end < COLUMNS).rstrip() + "…"


def _counts(dataset: Dataset, plan: pd.Series) -> dict[str, tuple[int, int, list[str]]]:
    """By part of the report: how much is there, of how much, and names of what is missing."""
    code, base = plan["plan"], int(plan["base_year"])
    targets = dataset.targets[dataset.targets["plan"] == code]
    targets = targets.drop_duplicates(["area", "indicator", "kind", "target_period"], keep="last")
    seen = dataset.observations.merge(targets[["area", "indicator"]].drop_duplicates())
    after = set(seen.loc[seen["position"] > base, "indicator"])
    points = seen.drop_duplicates(["area", "indicator", "period"]).groupby("indicator").size()
    needs = targets[targets["kind"].isin(BASED)]
    tasks, evidence, survey = (_rows(dataset, name, code) for name in ("tasks", "evidence", "survey"))
    texts = {path.name.split(".")[0] for path in dataset.folder.glob(f"{code}/text/*.md")}
    led = targets["office_zh"].ne("") | targets["office_en"].ne("")

    def lacking(of: pd.Series, missing: pd.Series) -> tuple[int, int, list[str]]:
        return int((~missing).sum()), len(of), list(of[missing])

    every = targets["indicator"]
    return {
        "bases": lacking(needs["indicator"], needs["base_value"].isna()),
        "figures": lacking(every, ~every.isin(after)),
        "chances": lacking(every, every.map(points).fillna(0) < 2),
        "offices": (int(led.sum()), len(targets), []),
        "tasks": (len(tasks), 0, []),
        "evidence": (evidence["task"].nunique(), len(tasks), []),
        "survey": (len(survey), 0, []),
        "texts": (len(texts), 0, []),
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
        lacks = [str(names.get(code, code)) for code in dict.fromkeys(missing)]
        more = label("entry.overview.more", lang, count=len(lacks) - NAMED) if len(lacks) > NAMED else ""
        names_of = listed(lacks[:NAMED], lang) + more
        word = label(f"entry.overview.{state}", lang, there=there, of=of)
        if names_of and state == "some":
            word += label("entry.overview.lacks", lang, names=names_of)
        what = label(f"entry.overview.part.{part}", lang)
        yield f"  {'-' if state == 'none' else '+'} {what}{' ' * max(1, 34 - width(what))}{word}"


def _short(dataset: Dataset, plan: pd.Series, lang: str) -> list[str]:
    """One of several plans: what of its report there is nothing for."""
    counts = _counts(dataset, plan)
    lacks = [part for part, (there, of, _) in counts.items() if not there and (part != "evidence" or of)]
    names = listed((label(f"entry.overview.part.{part}", lang) for part in lacks), lang)
    return [label("entry.overview.short", lang, plan=plan["plan"], names=names)] if lacks else []


def _next(dataset: Dataset, plans: pd.DataFrame, lang: str) -> list[str]:
    """What to do now, as a command that can be copied."""
    folder = dataset.folder
    if plans.empty:
        form = shown(folder / "form.xlsx")
        return [label("entry.overview.next_form", lang, form=form, folder=shown(folder))]
    if dataset.waiting:
        drafts = folder.glob("draft*.xlsx")
        form = max(drafts, key=lambda path: path.stat().st_mtime, default=folder / "draft.xlsx")
        return [label("entry.overview.next_confirm", lang, form=shown(form), folder=shown(folder))]
    last = dataset.observations["period"].map(periods.position).max() if len(dataset.observations) else None
    none = last is None or last <= plans["base_year"].astype(int).min()
    lines = [label("entry.overview.baseline", lang)] if none else []
    command = label("entry.overview.next_report", lang, folder=shown(folder), out=shown(f"{folder}-report"))
    return [*lines, command]

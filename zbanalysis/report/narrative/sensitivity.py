"""One sentence on how many judgements hang on the rule, the base year or the rounding."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report.words import label


def sensitivity(variants: pd.DataFrame, lang: str) -> list[str]:
    """How many of the judged targets would be judged otherwise, and by what.

    Parameters
    ----------
    variants
        From `sensitivity.variants`: ``id, variant, changed``.
    lang
        ``zh`` or ``en``.
    """
    if variants.empty:
        return []
    changed = variants[variants["changed"].astype(bool)]
    kind = changed["variant"].str.split(":").str[0]
    tested = variants[variants["variant"].str.startswith("base_year:")]
    tested = tested[tested["reason"] != "no_value_that_year"]
    hanging = {name: int(changed.loc[kind == name, "id"].nunique()) for name in ("rule", "rounding")}
    words = label("text.sensitivity", lang, total=int(variants["id"].nunique()), **hanging)
    space = "" if lang == "zh" else " "
    if tested.empty:
        return [words + space + label("text.sensitivity_no_base", lang)]
    shifted = tested[tested["changed"].astype(bool)]["id"].nunique()
    base = label("text.sensitivity_base", lang, tested=tested["id"].nunique(), changed=shifted)
    return [words + space + base]

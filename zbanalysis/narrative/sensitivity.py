"""One sentence on how many judgements hang on the rule, the base year or the rounding."""

from __future__ import annotations

import pandas as pd

from zbanalysis.labels import label


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
    hanging = {
        name: int(changed.loc[kind == name, "id"].nunique()) for name in ("rule", "base_year", "rounding")
    }
    return [label("text.sensitivity", lang, total=int(variants["id"].nunique()), **hanging)]

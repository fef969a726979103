"""Every word shown to a reader, in Chinese and English, by key; a missing key is an error."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from zbanalysis.errors import InputError, ZbError

LANGUAGES = ("zh", "en")


@cache
def _words() -> dict[str, dict[str, str]]:
    import yaml

    return yaml.safe_load(Path(__file__).with_name("labels.yml").read_text("utf-8"))


def label(key: str, lang: str, /, **values: object) -> str:
    """The words for a key, with ``{names}`` in them filled in.

    Parameters
    ----------
    key
        A key of ``labels.yml``, such as ``status.ahead``.
    lang
        ``zh`` or ``en``.

    Raises
    ------
    InputError
        If the language is not one of `LANGUAGES`.
    ZbError
        If the key is not in ``labels.yml``, or a name in it is not given.

    Examples
    --------
    >>> label("status.ahead", "zh"), label("status.ahead", "en")
    ('快于预期', 'ahead of schedule')
    """
    if lang not in LANGUAGES:
        raise InputError(f"--lang '{lang}' is not known; write zh or en.")
    try:
        return _words()[key][lang].format(**values)
    except KeyError as error:
        raise ZbError(
            f"labels.yml has no words for {error} (key '{key}', language {lang}); add them."
        ) from None


def keys() -> list[str]:
    """All keys, for the tests that hold both languages to each other."""
    return sorted(_words())

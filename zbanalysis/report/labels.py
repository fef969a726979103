"""Every word shown to a reader, in Chinese and English, by key; a missing key is an error."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from zbanalysis.errors import InputError, ZbError

LANGUAGES = ("zh", "en")


@cache
def _words() -> dict[str, dict[str, str]]:
    import yaml

    # The loader in C is ten times as fast; a Python without it has the other.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(Path(__file__).with_name("labels.yml").read_text("utf-8"), loader)


def rehearse() -> None:
    """Read the words for nothing, so that whoever needs them finds them read."""
    _words()


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


@cache
def keys() -> tuple[str, ...]:
    """All keys, in alphabetical order."""
    return tuple(sorted(_words()))


def known(key: str) -> bool:
    """Are there words for a key?

    Examples
    --------
    >>> known("status.ahead"), known("status.wonderful")
    (True, False)
    """
    return key in _words()

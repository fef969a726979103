"""What is told to which address: a dead-man's switch, a chat robot, or any webhook that takes JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from urllib.parse import SplitResult, urlsplit

from zbanalysis.errors import InputError
from zbanalysis.report.words import label

VARIABLE = "ZBANALYSIS_NOTIFY"
"""Environment variable with the address; a schedule keeps it there, out of everybody's list of processes."""

SWITCH, DINGTALK, FEISHU, SLACK, PLAIN = "switch", "dingtalk", "feishu", "slack", "plain"

HOSTS: Mapping[str, str] = {
    "hc-ping.com": SWITCH,  # https://healthchecks.io/docs/http_api/
    "healthchecks.io": SWITCH,
    "oapi.dingtalk.com": DINGTALK,  # https://open.dingtalk.com/document/robots/custom-robot-access
    "qyapi.weixin.qq.com": DINGTALK,  # https://work.weixin.qq.com/api/doc/90000/90136/91770: same body
    "open.feishu.cn": FEISHU,  # https://open.feishu.cn/document/ukTMukTMukTM/ucTM5YjL3ETO24yNxkjN
    "open.larksuite.com": FEISHU,
    "hooks.slack.com": SLACK,  # https://api.slack.com/messaging/webhooks
}
"""Who speaks what, by host."""

PATHS: Mapping[str, str] = {
    "/ping/": SWITCH,
    "/robot/send": DINGTALK,
    "/cgi-bin/webhook/send": DINGTALK,
    "/open-apis/bot/": FEISHU,
}
"""The same by the beginning of the path, for what an organisation runs on a host of its own."""

_LONGEST = {SWITCH: 100_000, DINGTALK: 2048}
"""Bytes of text: healthchecks.io keeps 100 kB, 企业微信 refuses more than 2048 bytes."""

_LONGEST_ELSE = 15_000
_CODES = {DINGTALK: "errcode", FEISHU: "code"}
"""Where a robot says in its answer that it took nothing."""


def check_url(url: str) -> None:
    """Refuse what is no address to post to, before any work begins.

    Parameters
    ----------
    url
        From ``--notify`` or the environment variable `VARIABLE`.

    Raises
    ------
    InputError
        If it is not a whole http or https address.

    Examples
    --------
    >>> check_url("https://hc-ping.com/00000000-0000-4000-8000-000000000000")
    >>> check_url("hc-ping.com/somewhere")
    Traceback (most recent call last):
    zbanalysis.errors.InputError: --notify (or ZBANALYSIS_NOTIFY) is no address that begins with http:// ...
    """
    right = "write it whole, such as https://hc-ping.com/YOUR-UUID."
    named = f"--notify (or {VARIABLE})"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # a port that is no number is told here
    except ValueError as error:
        raise InputError(f"{named} is no address ({error}); {right}") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise InputError(f"{named} is no address that begins with http:// or https:// and a host; {right}")
    if "@" in parts.netloc:
        raise InputError(f"{named} has a name or password before its host, which is not supported; {right}")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise InputError(f"{named} has a space or a character that no address may have; {right}")


def message(
    url: str, ok: bool, title: str, lines: Sequence[str], seconds: float
) -> tuple[str, dict[str, str], bytes]:
    r"""What is posted: address, headers and body, in the form that the address expects.

    Parameters
    ----------
    url, ok, title, lines, seconds
        As for `post`.

    Examples
    --------
    >>> message("https://hc-ping.com/abc", False, "report", [], 3)[0]
    'https://hc-ping.com/abc/fail'
    >>> message("https://hooks.slack.com/services/x", True, "report", ["made"], 3)[2].decode()
    '{"text": "zbanalysis report: 完成 done (3 s)\\nmade"}'
    """
    parts = urlsplit(url)
    kind = _kind(parts)
    text = _shortened(_text(ok, title, lines, seconds), _LONGEST.get(kind, _LONGEST_ELSE))
    if kind == SWITCH:
        path = parts.path.rstrip("/") + ("" if ok else "/fail")
        return (
            parts._replace(path=path, fragment="").geturl(),
            {"Content-Type": "text/plain; charset=utf-8"},
            text.encode(),
        )
    bodies = {
        DINGTALK: {"msgtype": "text", "text": {"content": text}},
        FEISHU: {"msg_type": "text", "content": {"text": text}},
        SLACK: {"text": text},
        PLAIN: {"ok": ok, "title": title, "text": text, "seconds": round(seconds, 1)},
    }
    body = json.dumps(bodies[kind], ensure_ascii=False).encode()
    return url, {"Content-Type": "application/json; charset=utf-8"}, body


def _kind(parts: SplitResult) -> str:
    host = parts.hostname or ""
    by_path = (kind for path, kind in PATHS.items() if parts.path.startswith(path))
    return HOSTS.get(host) or next(by_path, PLAIN)


def _text(ok: bool, title: str, lines: Sequence[str], seconds: float) -> str:
    # Both languages, for nobody knows who reads a chat; the product's name first, for a robot may be set to
    # take only what has a certain word.
    key = "notify.done" if ok else "notify.failed"
    first = f"zbanalysis {title}: {label(key, 'zh')} {label(key, 'en')} ({seconds:.0f} s)"
    return "\n".join([first, *lines])


def _shortened(text: str, most: int) -> str:
    content = text.encode()
    if len(content) <= most:
        return text
    return content[: most - len("…".encode())].decode(errors="ignore") + "…"


def refusal(url: str, answer: bytes) -> str:
    """What a robot or switch says that answers 200 and yet took nothing; empty if it took it.

    Parameters
    ----------
    url, answer
        Where the message went, and the body of the answer.

    Examples
    --------
    >>> refusal("https://oapi.dingtalk.com/robot/send", b'{"errcode": 310000, "errmsg": "sign"}')
    'it answered 310000 sign'
    """
    kind, text = _kind(urlsplit(url)), answer.decode("utf-8", "replace").strip()
    if kind == SWITCH and text.startswith("OK ("):  # "OK (not found)", "OK (rate limited)"
        return f"it answered {' '.join(text.split())[:200]}"
    if kind not in _CODES:
        return ""
    try:
        told = json.loads(text)
    except ValueError:
        return "it gave no answer that can be read"
    if not isinstance(told, dict) or not told.get(_CODES[kind]):
        return ""
    words = " ".join(str(told.get("errmsg") or told.get("msg") or "").split())
    return f"it answered {told[_CODES[kind]]} {words}"[:200].strip()

"""Tell a web address how a run ended.

A notification never decides about the run: one that cannot be delivered is a line on stderr,
the exit code stays.  The address is a secret, hence no message shows more of it than its host.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

from zbanalysis.errors import InputError, ZbError
from zbanalysis.report.words import label

VARIABLE = "ZBANALYSIS_NOTIFY"
"""Environment variable with the address; a schedule keeps it there, out of everybody's list of processes."""

SWITCH, DINGTALK, FEISHU, SLACK, PLAIN = "switch", "dingtalk", "feishu", "slack", "plain"

SERVICES: Mapping[str, str] = {
    "hc-ping.com": SWITCH,  # https://healthchecks.io/docs/http_api/
    "healthchecks.io": SWITCH,
    "oapi.dingtalk.com": DINGTALK,  # https://open.dingtalk.com/document/robots/custom-robot-access
    "qyapi.weixin.qq.com": DINGTALK,  # https://work.weixin.qq.com/api/doc/90000/90136/91770: same body
    "open.feishu.cn": FEISHU,  # https://open.feishu.cn/document/ukTMukTMukTM/ucTM5YjL3ETO24yNxkjN
    "open.larksuite.com": FEISHU,
    "hooks.slack.com": SLACK,  # https://api.slack.com/messaging/webhooks
    "/ping/": SWITCH,
    "/robot/send": DINGTALK,
    "/cgi-bin/webhook/send": DINGTALK,
    "/open-apis/bot/": FEISHU,
}
"""Who speaks what: by host, then by the beginning of the path, for what an organisation runs itself."""

_LONGEST = {SWITCH: 100_000, DINGTALK: 2048}
"""Bytes of text: healthchecks.io keeps 100 kB, 企业微信 refuses more than 2048 bytes."""

_LONGEST_ELSE = 15_000
_CODES = {DINGTALK: "errcode", FEISHU: "code"}
"""Where a robot says in its answer that it took nothing."""

TIMEOUT = 10.0
"""Seconds that one attempt may wait."""

PAUSES = (1.0, 4.0)
"""Seconds before the second and the third attempt."""

_SERVER_FAULT, _TOO_MANY = 500, 429


def post(url: str, ok: bool, title: str, lines: Sequence[str], seconds: float, tries: int = 3) -> bool:
    """Post how a run ended; was it delivered?

    A server that is busy, broken or not to be reached is asked again; one that says no is not.

    Parameters
    ----------
    url
        Dead-man's switch in the manner of healthchecks.io (``/fail`` is added for a failure),
        robot of 钉钉, 企业微信, 飞书 or Slack, or a webhook that takes
        ``{"ok", "title", "text", "seconds"}``.
    ok, title, lines, seconds
        Success or failure, of what, what there is to tell, and how long it took.
    tries
        How often it is tried.

    Raises
    ------
    InputError
        If the address is none, see `check_url`; `notifying` asks that before the work.
    """
    check_url(url)
    host = urlsplit(url).hostname
    for attempt in range(tries):
        if attempt:
            time.sleep(PAUSES[min(attempt, len(PAUSES)) - 1])
        problem, again = _attempt(*message(url, ok, title, lines, seconds))
        if not problem:
            return True
        if not again:
            break
    sys.stderr.write(
        f"zbanalysis: the notification to {host} was not delivered ({problem}); "
        "the run itself is not affected.\n"
    )
    return False


def _attempt(address: str, headers: dict[str, str], body: bytes) -> tuple[str, bool]:
    """What went wrong (empty if nothing), and whether another attempt may help."""
    import urllib.error
    import urllib.request
    from http.client import HTTPException

    class NoRedirect(urllib.request.HTTPRedirectHandler):
        """A redirected POST would arrive without its body and still look delivered."""

        def redirect_request(self, *_: object) -> None:
            return None

    request = urllib.request.Request(address, data=body, headers=headers, method="POST")
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=TIMEOUT) as response:
            return refusal(address, response.read(10_000)), False
    except urllib.error.HTTPError as error:
        error.close()
        return f"it answered {error.code}", error.code >= _SERVER_FAULT or error.code == _TOO_MANY
    except TimeoutError:
        return f"no answer within {TIMEOUT:g} seconds", True
    except urllib.error.URLError as error:
        return " ".join(str(error.reason).split()), True
    except (OSError, HTTPException, ValueError) as error:  # their texts may hold the address
        return type(error).__name__, isinstance(error, OSError | HTTPException)


@contextmanager
def notifying(url: str | None, title: str) -> Iterator[list[str]]:
    """Post how the work inside ended: done, failed, or stopped by Ctrl-C or the system.

    Whatever was raised goes on.  Where another context handles signals, this one stands
    inside it: it posts, then calls the handler it found.

    Parameters
    ----------
    url
        Where to; None or empty for what `VARIABLE` holds, and nothing is posted where that is
        empty too.
    title
        What the work is, such as ``report zibo-14``.

    Yields
    ------
    list
        Lines to tell; the work adds to it as it goes.

    Raises
    ------
    InputError
        If the address is none; the work has not begun.

    Examples
    --------
    >>> with notifying(None, "report") as lines:
    ...     lines.append("written: reports/zibo-14_2022-04-19_zh.pdf")
    """
    address = url or os.environ.get(VARIABLE, "")
    lines: list[str] = []
    if not address:
        yield lines
        return
    check_url(address)
    begin, told = time.monotonic(), threading.Event()

    def tell(ok: bool, why: str = "", tries: int = 3) -> None:
        if not told.is_set():
            told.set()
            post(address, ok, title, [why, *lines] if why else lines, time.monotonic() - begin, tries)

    with _stops_told(tell):
        try:
            yield lines
        except BaseException as error:
            tell(isinstance(error, SystemExit) and not error.code, _why(error))
            raise
        tell(ok=True)


def _why(error: BaseException) -> str:
    if isinstance(error, ZbError):
        return str(error)
    if isinstance(error, SystemExit):
        return f"exit code {error.code}" if error.code else ""
    if isinstance(error, KeyboardInterrupt):
        return label("notify.stopped", "zh") + " " + label("notify.stopped", "en")
    return f"{type(error).__name__}: {error}"


@contextmanager
def _stops_told(tell: Callable) -> Iterator[None]:
    """Ctrl-C and a stop by the system (a time limit of systemd, a shutdown) are told too."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may handle signals
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, frame: object) -> None:
        tell(False, _why(KeyboardInterrupt()), tries=1)  # whoever stops a run does not want to wait
        signal.signal(number, before[number])
        if callable(before[number]):
            before[number](number, frame)
        else:
            signal.raise_signal(number)

    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# --- what is told to which address ---


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
    parts, kind = urlsplit(url), _kind(url)
    # Both languages, for nobody knows who reads a chat; the product's name first, for a robot may be set to
    # take only what has a certain word.
    key = "notify.done" if ok else "notify.failed"
    first = f"zbanalysis {title}: {label(key, 'zh')} {label(key, 'en')} ({seconds:.0f} s)"
    text = _shortened("\n".join([first, *lines]), _LONGEST.get(kind, _LONGEST_ELSE))
    if kind == SWITCH:
        path = parts.path.rstrip("/") + ("" if ok else "/fail")
        address = parts._replace(path=path, fragment="").geturl()
        return address, {"Content-Type": "text/plain; charset=utf-8"}, text.encode()
    bodies = {
        DINGTALK: {"msgtype": "text", "text": {"content": text}},
        FEISHU: {"msg_type": "text", "content": {"text": text}},
        SLACK: {"text": text},
        PLAIN: {"ok": ok, "title": title, "text": text, "seconds": round(seconds, 1)},
    }
    body = json.dumps(bodies[kind], ensure_ascii=False).encode()
    return url, {"Content-Type": "application/json; charset=utf-8"}, body


def _kind(url: str) -> str:
    parts = urlsplit(url)
    known = (of for of in SERVICES if of == parts.hostname or (of[0] == "/" and parts.path.startswith(of)))
    return SERVICES.get(next(known, ""), PLAIN)


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
    kind, text = _kind(url), answer.decode("utf-8", "replace").strip()
    if kind == SWITCH and text.startswith("OK ("):  # "OK (not found)", "OK (rate limited)"
        return f"it answered {' '.join(text.split())[:200]}"
    if kind not in _CODES:
        return ""
    try:
        reply = json.loads(text)
    except ValueError:
        return "it gave no answer that can be read"
    if not isinstance(reply, dict) or not reply.get(_CODES[kind]):
        return ""
    words = " ".join(str(reply.get("errmsg") or reply.get("msg") or "").split())
    return f"it answered {reply[_CODES[kind]]} {words}"[:200].strip()

"""Tell a web address how a run ended.

A notification never decides about the run: one that cannot be delivered is a line on stderr,
the exit code stays.  The address is a secret, hence no message shows more of it than its host.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from urllib.parse import urlsplit

from zbanalysis.errors import ZbError
from zbanalysis.report.words import label
from zbanalysis.runs.notify.messages import VARIABLE, check_url, message, refusal

__all__ = ["VARIABLE", "check_url", "message", "notifying", "post", "refusal"]

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


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would arrive without its body and still look delivered."""

    def redirect_request(self, *_: object) -> None:
        return None


def _attempt(address: str, headers: dict[str, str], body: bytes) -> tuple[str, bool]:
    """What went wrong (empty if nothing), and whether another attempt may help."""
    request = urllib.request.Request(address, data=body, headers=headers, method="POST")
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=TIMEOUT) as response:
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
    if not address:
        yield []
        return
    check_url(address)
    end = _End(address, title)
    with _stops_told(end):
        try:
            yield end.lines
        except BaseException as error:
            end.tell(isinstance(error, SystemExit) and not error.code, _why(error))
            raise
        end.tell(ok=True)


class _End:
    """The end of a run, told once."""

    def __init__(self, address: str, title: str) -> None:
        self.address, self.title, self.lines = address, title, []
        self._begin, self._told = time.monotonic(), False

    def tell(self, ok: bool, why: str = "", tries: int = 3) -> None:
        if self._told:
            return
        self._told = True
        lines = [why, *self.lines] if why else self.lines
        post(self.address, ok, self.title, lines, time.monotonic() - self._begin, tries)


def _why(error: BaseException) -> str:
    if isinstance(error, ZbError):
        return str(error)
    if isinstance(error, SystemExit):
        return f"exit code {error.code}" if error.code else ""
    if isinstance(error, KeyboardInterrupt):
        return label("notify.stopped", "zh") + " " + label("notify.stopped", "en")
    return f"{type(error).__name__}: {error}"


@contextmanager
def _stops_told(end: _End) -> Iterator[None]:
    """Ctrl-C and a stop by the system (a time limit of systemd, a shutdown) are told too."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may handle signals
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, frame: object) -> None:
        end.tell(False, _why(KeyboardInterrupt()), tries=1)  # whoever stops a run does not want to wait
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

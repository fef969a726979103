"""Notifications: each address gets its own form, a failed one is a line and never a failed run."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from zbanalysis.errors import InputError, ZbError
from zbanalysis.runs import notify

SECRET = "4d3c0f52-secret"


class Server:
    """A web server on this machine that answers as told and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, str]] = []
        self.asked: list[tuple[str, str]] = []
        self.types: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode("utf-8")
                outer.asked.append((self.path, body))
                outer.types.append(self.headers["Content-Type"])
                status, answer = outer.answers.pop(0) if outer.answers else (200, "OK")
                content = answer.encode("utf-8")
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def do_GET(self) -> None:  # where a followed redirect would arrive
                outer.asked.append((self.path, "GET"))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._http.server_address[1]}"

    def close(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.delenv(notify.VARIABLE, raising=False)
    running = Server()
    yield running
    running.close()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses between attempts: written down, not waited for."""
    taken: list[float] = []
    monkeypatch.setattr(notify.time, "sleep", taken.append)
    return taken


# --- what each address is told ---

TOLD_OK = "zbanalysis report zibo-14: 完成 done (12 s)\nwritten: a.pdf"
TOLD_BAD = "zbanalysis report zibo-14: 失败 failed (12 s)\nwritten: a.pdf"


@pytest.mark.parametrize(
    ("url", "ok", "address", "body"),
    [
        (f"https://hc-ping.com/{SECRET}", True, f"https://hc-ping.com/{SECRET}", TOLD_OK),
        (f"https://hc-ping.com/{SECRET}", False, f"https://hc-ping.com/{SECRET}/fail", TOLD_BAD),
        ("https://hc-ping.com/key/slug?create=1", False, "https://hc-ping.com/key/slug/fail?create=1", TOLD_BAD),
        ("https://checks.bureau.cn/ping/abc/", False, "https://checks.bureau.cn/ping/abc/fail", TOLD_BAD),
        (
            "https://oapi.dingtalk.com/robot/send?access_token=x", True,
            "https://oapi.dingtalk.com/robot/send?access_token=x",
            {"msgtype": "text", "text": {"content": TOLD_OK}},
        ),
        (
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x", False,
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x",
            {"msgtype": "text", "text": {"content": TOLD_BAD}},
        ),
        (
            "https://zwwx.bureau.cn/cgi-bin/webhook/send?key=x", True,
            "https://zwwx.bureau.cn/cgi-bin/webhook/send?key=x",
            {"msgtype": "text", "text": {"content": TOLD_OK}},
        ),
        (
            "https://open.feishu.cn/open-apis/bot/v2/hook/x", False,
            "https://open.feishu.cn/open-apis/bot/v2/hook/x",
            {"msg_type": "text", "content": {"text": TOLD_BAD}},
        ),
        (
            "https://open.larksuite.com/open-apis/bot/v2/hook/x", True,
            "https://open.larksuite.com/open-apis/bot/v2/hook/x",
            {"msg_type": "text", "content": {"text": TOLD_OK}},
        ),
        ("https://hooks.slack.com/services/x", True, "https://hooks.slack.com/services/x", {"text": TOLD_OK}),
        (
            "https://example.org/hook", False, "https://example.org/hook",
            {"ok": False, "title": "report zibo-14", "text": TOLD_BAD, "seconds": 12.3},
        ),
        (
            # near misses of a switch: its name in another host, its path further on
            "https://hc-ping.com.example.org/a/ping/b", True, "https://hc-ping.com.example.org/a/ping/b",
            {"ok": True, "title": "report zibo-14", "text": TOLD_OK, "seconds": 12.3},
        ),
    ],
)  # fmt: skip
def test_each_address_is_told_in_its_own_form(url: str, ok: bool, address: str, body: str | dict) -> None:
    to, headers, content = notify.message(url, ok, "report zibo-14", ["written: a.pdf"], 12.34)
    assert to == address
    told = content.decode("utf-8")
    assert (told if isinstance(body, str) else json.loads(told)) == body
    kind = "text/plain" if isinstance(body, str) else "application/json"
    assert headers["Content-Type"] == f"{kind}; charset=utf-8"


WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x"


def wecom_text(lines: list[str]) -> str:
    return json.loads(notify.message(WECOM, True, "t", lines, 1)[2])["text"]["content"]


def test_a_long_text_is_cut_at_a_whole_character_to_what_wecom_takes() -> None:
    first = len((wecom_text([]) + "\n").encode())
    assert wecom_text(["x" * (2048 - first)]).endswith("x")  # just fits
    for length in range(680, 686):  # three bytes each, so the cut falls on every place in a character
        cut = wecom_text(["a" * (length % 3) + "规" * length])
        assert len(cut.encode()) <= 2048
        assert cut.endswith("规…")


# --- delivered or not ---


def test_success_and_failure_reach_a_dead_mans_switch(server: Server) -> None:
    url = f"{server.address}/ping/{SECRET}"
    assert notify.post(url, True, "report", ["one", "二"], 3)
    assert notify.post(url, False, "report", ["why"], 3)
    assert server.asked == [
        (f"/ping/{SECRET}", "zbanalysis report: 完成 done (3 s)\none\n二"),
        (f"/ping/{SECRET}/fail", "zbanalysis report: 失败 failed (3 s)\nwhy"),
    ]


def test_a_webhook_gets_json(server: Server) -> None:
    assert notify.post(f"{server.address}/hook", False, "batch", [], 61.04)
    [(path, body)] = server.asked
    assert path == "/hook"
    assert json.loads(body) == {
        "ok": False, "title": "batch", "text": "zbanalysis batch: 失败 failed (61 s)", "seconds": 61.0,
    }  # fmt: skip


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_busy_server_is_asked_again(
    server: Server, pauses: list[float], status: int, capsys: pytest.CaptureFixture
) -> None:
    server.answers = [(status, "busy"), (200, "OK")]
    assert notify.post(f"{server.address}/ping/x", True, "report", [], 1)
    assert len(server.asked) == 2
    assert pauses == [1.0]
    assert capsys.readouterr() == ("", "")


def test_after_three_attempts_it_is_one_line(
    server: Server, pauses: list[float], capsys: pytest.CaptureFixture
) -> None:
    server.answers = [(500, "")] * 5
    assert not notify.post(f"{server.address}/ping/{SECRET}", True, "report", [], 1)
    assert len(server.asked) == 3
    assert pauses == [1.0, 4.0]
    assert capsys.readouterr().err == (
        "zbanalysis: the notification to 127.0.0.1 was not delivered (it answered 500); "
        "the run itself is not affected.\n"
    )


@pytest.mark.parametrize("status", [302, 400, 404, 410])
def test_who_says_no_is_not_asked_again(
    server: Server, pauses: list[float], status: int, capsys: pytest.CaptureFixture
) -> None:
    server.answers = [(status, "")]
    assert not notify.post(f"{server.address}/ping/x", True, "report", [], 1)
    assert len(server.asked) == 1
    assert pauses == []
    assert f"it answered {status}" in capsys.readouterr().err


def test_nobody_there(
    pauses: list[float], capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    with socket.socket() as taken:  # bound and not listening: refused for certain
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert not notify.post(f"http://127.0.0.1:{port}/{SECRET}", True, "report", [], 1)
    told = capsys.readouterr().err
    assert len(pauses) == 2
    assert told.count("\n") == 1
    assert "127.0.0.1" in told
    assert "refused" in told
    assert SECRET not in told


@pytest.mark.parametrize(
    ("speaks", "expected"), [(None, "no answer within 0.2"), (b"220 mail\r\n", "BadStatusLine")]
)
def test_a_server_that_is_silent_or_speaks_something_else(
    monkeypatch: pytest.MonkeyPatch,
    pauses: list[float],
    capsys: pytest.CaptureFixture,
    speaks: bytes | None,
    expected: str,
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(notify, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        guests = []

        def serve() -> None:
            for _ in range(3):
                guest, _ = listening.accept()
                guests.append(guest)
                if speaks:
                    guest.recv(10_000)
                    guest.sendall(speaks)

        serving = threading.Thread(target=serve)
        serving.start()
        assert not notify.post(f"http://127.0.0.1:{listening.getsockname()[1]}/x", True, "report", [], 1)
        serving.join()
        for guest in guests:
            guest.close()
    assert expected in capsys.readouterr().err


@pytest.mark.parametrize(
    ("path", "answer", "told"),
    [
        ("/robot/send?access_token=x", {"errcode": 0, "errmsg": "ok"}, ""),
        ("/robot/send?access_token=x", {"errcode": 310000, "errmsg": "keywords not in content"}, "310000 keywords not in content"),
        ("/cgi-bin/webhook/send?key=x", {"errcode": 93000, "errmsg": "invalid webhook url"}, "93000 invalid webhook url"),
        ("/open-apis/bot/v2/hook/x", {"code": 0, "msg": "success", "data": {}}, ""),
        ("/open-apis/bot/v2/hook/x", {"code": 19024, "msg": "Key Words Not Found"}, "19024 Key Words Not Found"),
        ("/ping/x", "OK", ""),
        ("/ping/x", "OK (not found)", "OK (not found)"),
        ("/hook", {"errcode": 7, "code": 200}, ""),  # any other webhook: 200 is 200
        ("/robot/send?access_token=x", "<html>log in</html>", "no answer that can be read"),
    ],
)  # fmt: skip
def test_an_answer_of_200_is_read(
    server: Server,
    pauses: list[float],
    capsys: pytest.CaptureFixture,
    path: str,
    answer: dict | str,
    told: str,
) -> None:
    server.answers = [(200, answer if isinstance(answer, str) else json.dumps(answer))]
    assert notify.post(server.address + path, True, "report", [], 1) is (not told)
    error = capsys.readouterr().err
    assert told in error
    assert bool(error) is bool(told)
    assert len(server.asked) == 1


# --- what is no address ---


@pytest.mark.parametrize(
    "url",
    [
        "hc-ping.com/x", "ftp://hc-ping.com/x", "file:///etc/passwd", "https://", "https:///x", "mailto:a@b.cn", "",
        "https://host:port/x", "https://[::1/x", "https://name:word@host/x", "https://host/a b", "https://host/规划",
        "https://host/a\nb",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InputError, match=r"--notify .*such as https://hc-ping.com/") as told:
        notify.check_url(url)
    assert "\n" not in str(told.value)
    with pytest.raises(InputError):
        notify.post(url, True, "report", [], 1)


@pytest.mark.parametrize(
    "url", ["http://10.0.0.5:8000/ping/x", "https://[::1]:8000/x", "HTTPS://hc-ping.com/%E8?a=b"]
)
def test_what_is_an_address_is_not(url: str) -> None:
    notify.check_url(url)


def test_an_error_does_not_show_the_secret() -> None:
    with pytest.raises(InputError) as told:
        notify.check_url(f"ftp://hc-ping.com/{SECRET}")
    assert SECRET not in str(told.value)


# --- around the work ---


def test_the_work_and_its_lines_are_told(server: Server) -> None:
    with notify.notifying(f"{server.address}/ping/x", "batch") as lines:
        lines.append("32 reports: 1 made, 31 current")
    assert server.asked == [("/ping/x", "zbanalysis batch: 完成 done (0 s)\n32 reports: 1 made, 31 current")]


@pytest.mark.parametrize(
    ("error", "path", "told"),
    [
        (ZbError("01_indicators.ipynb failed in cell 3: 没有数据."), "/fail", "01_indicators.ipynb failed in cell 3: 没有数据."),
        (InputError("There is no plan zibo-15."), "/fail", "There is no plan zibo-15."),
        (ValueError("of our own"), "/fail", "ValueError: of our own"),
        (KeyboardInterrupt(), "/fail", "中途被停止。 stopped before its end"),
        (SystemExit(1), "/fail", "exit code 1"),
        (SystemExit(0), "", None),
        (SystemExit(), "", None),
    ],
)  # fmt: skip
def test_an_error_is_told_and_goes_on(
    server: Server, error: BaseException, path: str, told: str | None
) -> None:
    def work() -> None:
        with notify.notifying(f"{server.address}/ping/x", "report") as lines:
            lines.append("so far")
            raise error

    with pytest.raises(type(error)) as raised:
        work()
    assert raised.value is error
    [(asked, body)] = server.asked
    assert asked == f"/ping/x{path}"
    assert body.split("\n")[1:] == ([told, "so far"] if told else ["so far"])


def test_a_notification_that_fails_changes_nothing(
    server: Server, pauses: list[float], capsys: pytest.CaptureFixture
) -> None:
    server.answers = [(404, "")] * 2
    with notify.notifying(f"{server.address}/ping/x", "report"):
        done = "the work"
    assert done == "the work"
    with (
        pytest.raises(ZbError, match="its own error"),
        notify.notifying(f"{server.address}/ping/x", "report"),
    ):
        raise ZbError("its own error")
    assert capsys.readouterr().err.count("was not delivered") == 2


def test_without_an_address_nothing_is_posted(server: Server) -> None:
    for nothing in (None, ""):
        with notify.notifying(nothing, "report") as lines:
            lines.append("made")
    assert server.asked == []


def test_the_address_may_stand_in_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(notify.VARIABLE, f"{server.address}/ping/environment")
    with notify.notifying(None, "report"):
        pass
    with notify.notifying(f"{server.address}/ping/option", "report"):
        pass
    assert [path for path, _ in server.asked] == ["/ping/environment", "/ping/option"]


def test_with_a_wrong_address_the_work_does_not_begin() -> None:
    begun = []
    with pytest.raises(InputError, match="--notify"), notify.notifying("hc-ping.com/x", "report"):
        begun.append(True)
    assert begun == []


def test_it_works_in_a_thread(server: Server) -> None:
    def work() -> None:
        with notify.notifying(f"{server.address}/ping/x", "report"):
            pass

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(server.asked) == 1


def test_signals_are_as_before(server: Server) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with notify.notifying(f"{server.address}/ping/x", "report"):
        assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] != before
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


WORK = """
import os, signal, sys, time
from zbanalysis.runs import notify
signal.signal(signal.SIGINT, signal.default_int_handler)  # as in a terminal; a job in the background ignores it
if len(sys.argv) > 2:
    signal.signal(signal.SIGTERM, lambda number, frame: os._exit(143))
with notify.notifying(sys.argv[1], "report") as lines:
    lines.append("so far")
    print("begun", flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without a word")
@pytest.mark.parametrize(
    ("number", "own", "code"),
    [
        (signal.SIGTERM, [], -signal.SIGTERM),
        (signal.SIGTERM, ["own"], 143),
        (signal.SIGINT, [], -signal.SIGINT),
    ],
)
def test_a_stop_is_told_once_and_then_stops(
    server: Server, root: object, number: int, own: list[str], code: int
) -> None:
    command = [sys.executable, "-c", WORK, f"{server.address}/ping/x", *own]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=str(root)
    ) as process:
        assert process.stdout.readline() == b"begun\n"
        process.send_signal(number)
        assert process.wait(600) == code
    [(path, body)] = server.asked
    assert path == "/ping/x/fail"
    assert body.split("\n")[1:] == ["中途被停止。 stopped before its end", "so far"]

"""A file is written whole or not at all."""

from __future__ import annotations

import errno
import os

import pytest

from zbanalysis.data import files
from zbanalysis.errors import InputError, ZbError


def test_what_is_written_is_what_was_given(tmp_path):
    file = tmp_path / "结果 1.csv"
    content = "年,值\r\n2020,\0ü\n".encode()
    files.write(file, content)
    assert file.read_bytes() == content
    files.write(file, b"")
    assert file.read_bytes() == b""
    assert [path.name for path in tmp_path.iterdir()] == ["结果 1.csv"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, step):
    file = tmp_path / "a.csv"
    file.write_bytes(b"old")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(ZbError, match=r"a\.csv cannot be written \(No space left on device\)") as caught:
        files.write(file, b"new")
    assert caught.value.exit_code == 1
    assert file.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_a_run_stopped_by_hand_leaves_the_old_file(tmp_path, monkeypatch):
    file = tmp_path / "a.csv"
    file.write_bytes(b"old")

    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        files.write(file, b"new")
    assert file.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_until_the_last_step_a_reader_sees_the_old_file(tmp_path, monkeypatch):
    file, seen = tmp_path / "a.csv", []
    file.write_bytes(b"old")
    replace = os.replace

    def watched(part, final):
        seen.append((file.read_bytes(), part.read_bytes(), part.parent))
        replace(part, final)

    monkeypatch.setattr(os, "replace", watched)
    files.write(file, b"new")
    assert seen == [(b"old", b"new", tmp_path)]
    assert file.read_bytes() == b"new"


def test_a_circle_of_links_is_one_sentence(tmp_path):
    (tmp_path / "a.csv").symlink_to("b.csv")
    (tmp_path / "b.csv").symlink_to("a.csv")
    with pytest.raises(InputError, match=r"link that leads to itself|cannot be read"):
        files.read(files.within(tmp_path, tmp_path / "a.csv"))


def test_places_where_nothing_can_be_written(tmp_path):
    with pytest.raises(InputError, match="is a folder; name a file"):
        files.write(tmp_path, b"x")
    with pytest.raises(InputError, match=r"The folder .*none does not exist"):
        files.write(tmp_path / "none" / "a.csv", b"x")
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(InputError, match="does not exist"):
        files.write(tmp_path / "file" / "a.csv", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]

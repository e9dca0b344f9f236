"""Files that are replaced in one step, whatever happens in the middle."""

from __future__ import annotations

import os
import resource
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.model import SpuriousError
from harness.system.files import replace_bytes, replace_text


@pytest.fixture
def small_disk() -> Iterator[None]:
    """No file of this process can grow, as on a full disk."""
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)


def test_a_file_is_made_with_its_folder_and_then_replaced(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.txt"
    replace_text(path, "grün\r\n")
    assert path.read_bytes() == "grün\r\n".encode()
    replace_bytes(path, b"\xff")
    assert path.read_bytes() == b"\xff"
    assert os.listdir(path.parent) == ["file.txt"]


def test_bytes_that_were_no_text_are_written_back_as_they_were(tmp_path: Path) -> None:
    replace_text(tmp_path / "x", b"\xff\xfe".decode("utf-8", "surrogateescape"))
    assert (tmp_path / "x").read_bytes() == b"\xff\xfe"


def test_others_may_read_what_they_could_read_before(tmp_path: Path) -> None:
    plain, ours = tmp_path / "plain", tmp_path / "ours"
    plain.write_bytes(b"")
    replace_bytes(ours, b"")
    assert ours.stat().st_mode == plain.stat().st_mode


def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, small_disk: None
) -> None:
    path = tmp_path / "report.json"
    replace_text(path, "old")
    with pytest.raises(SpuriousError, match=r"^cannot write .*report.json: File too large$"):
        replace_text(path, "new" * 100)
    assert path.read_text("utf-8") == "old"
    assert os.listdir(tmp_path) == ["report.json"]


def test_a_folder_that_can_not_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(SpuriousError, match=r"^cannot write .*file/below/x: Not a directory$"):
        replace_text(tmp_path / "file" / "below" / "x", "")


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    replace_text(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text("utf-8") == "new"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=replace_text, args=[pipe, "through"])
    writer.start()
    assert pipe.read_text("utf-8") == "through"
    writer.join()
    assert pipe.is_fifo()


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    texts = [str(number) * 100_000 for number in range(4)]
    replace_text(path, texts[0])
    begin = threading.Barrier(len(texts))

    def write(text: str) -> None:
        begin.wait()
        for _ in range(20):
            replace_text(path, text)

    writers = [threading.Thread(target=write, args=[text]) for text in texts]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert path.read_text("utf-8") in texts
    for writer in writers:
        writer.join()
    assert os.listdir(tmp_path) == ["report.json"]

"""What names content: the same for the same, another for another."""

from __future__ import annotations

from pathlib import Path

from harness.system.digests import digest, digest_of_file, digest_of_programs, digest_of_value

# The example of FIPS 180-4's authors: https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_bytes_text_and_a_file_of_one_content_have_one_digest(tmp_path: Path) -> None:
    (tmp_path / "abc").write_text("abc", "utf-8")
    assert digest(b"abc") == digest("abc") == digest_of_file(tmp_path / "abc") == ABC


def test_the_order_in_which_a_dict_was_filled_does_not_matter() -> None:
    assert digest_of_value({"a": 1, "b": 2}) == digest_of_value({"b": 2, "a": 1})
    assert digest_of_value([1, 2]) != digest_of_value([2, 1])


def programs(folder: Path, **files: str) -> str:
    folder.mkdir()
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, "utf-8")
    return digest_of_programs(folder)


def test_a_folder_is_its_programs_names_and_contents(tmp_path: Path) -> None:
    first = programs(tmp_path / "first", a_py="1", b_js="2")
    assert programs(tmp_path / "same", a_py="1", b_js="2", notes_txt="no program") == first
    assert programs(tmp_path / "other", a_py="1", b_js="3") != first
    assert programs(tmp_path / "renamed", c_py="1", b_js="2") != first
    assert programs(tmp_path / "shifted", a_py="1b.js2") != first

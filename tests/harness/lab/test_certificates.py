"""A certificate is made that a server can use, or there is a reason."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from harness.lab import certificates
from harness.lab.matrix import combinations, only
from harness.lab.target import Target


def test_a_server_can_use_it(tmp_path: Path) -> None:
    if why := certificates.missing():
        pytest.skip(why)
    made = certificates.make(tmp_path)
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(made)


def test_without_openssl_only_what_needs_it_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    target = Target(tmp_path)
    assert [each.lacking for each in combinations(target, only("tcp"))] == [""]
    (secure,) = combinations(target, only("https"))
    assert secure.lacking == "openssl is not installed: get the package openssl"

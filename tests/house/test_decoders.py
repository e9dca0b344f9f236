"""Decoders are made when modules are imported, by one thread."""

from __future__ import annotations

import ast
import inspect
from types import ModuleType

import pytest

from harness.jobs import store
from harness.pythons import environments, interpreters
from harness.suites import record


@pytest.mark.parametrize("module", [record, store, interpreters, environments])
def test_what_threads_decode_was_prepared_when_the_module_was_imported(module: ModuleType) -> None:
    """msgspec makes what it knows of a type with the first decoder for it. Where two threads did
    that at the same time, the workbench died of a segmentation fault, once in a hundred runs."""
    tree = ast.parse(inspect.getsource(module))
    made_at_import = [ast.unparse(node.value) for node in tree.body if hasattr(node, "value")]
    assert any("msgspec.json.Decoder(" in text for text in made_at_import)
    inside = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    for node in inside:
        assert "json.decode(" not in ast.unparse(node)
        assert "Decoder(" not in ast.unparse(node)

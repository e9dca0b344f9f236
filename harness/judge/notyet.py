"""Whether a failure says that what the test uses is not there yet. Pure.

Owns: the words in which Python and libraries say that a name is missing. May know only
signatures. A test is carried to commits that are older than what it tests; that it fails
there says nothing about the regression that is searched.

The same words may be the regression itself, where a name was taken away: whoever asks
compares with the bad end first (``signature.is_same``).
"""

from __future__ import annotations

import re

from .codefolders import CodeFolders
from .signature import Signature

# Where packages lie in a tree, and not what they are called.
SOURCES = ("src", "lib", "Lib")
NO_MODULE = re.compile(r"No module named '?(?P<name>[\w.]+)'?")
NO_NAME = re.compile(r"cannot import name '?(?P<name>\w+)'?")
NO_ATTRIBUTE = re.compile(
    r"(?:module|type object|partially initialized module) '[\w.]+' has no attribute"
    r"|'[\w.]+' object has no attribute"
)
# unittest.mock, of what a test wants to replace.
NOTHING_TO_REPLACE = "does not have the attribute"
NOTHING = re.compile(r"'?NoneType'? object")
NO_VARIABLE = re.compile(r"(?:global )?name '\w+' is not defined")
OTHER_ARGUMENTS = re.compile(
    r"unexpected keyword argument|takes (?:exactly |at most |from |no )?.*argument"
    r"|is an invalid keyword argument|takes no arguments"
)
UNKNOWN = re.compile(
    r"\b(?:unknown|unrecognized|unsupported|invalid|no such) (?:[a-z]+ ){0,3}?"
    r"(?:argument|option|command|setting|lookup|filter|tag|choice|parameter|feature|method)s?\b"
    r"(?: on line \d+)?[^\w']*'?(?P<name>[\w.-]*\w)"
    r"|unexpected keyword arguments?:? '?(?P<keyword>\w+)",
    re.IGNORECASE,
)


def is_not_yet(signature: Signature, code: CodeFolders) -> bool:
    """Whether the test fails because of its own use of something that does not exist.

    Only where the test's own statement (or import) raised, or, for what is looked up by its
    name at run time, where the missing name stands in that statement. A name that is missing
    deeper in the code is a failure of the code.
    """
    said = signature.message
    if signature.own is None and NOTHING_TO_REPLACE in said:
        return True
    if signature.is_by_test and _is_missing(signature, code):
        return True
    unknown = UNKNOWN.search(said)
    if not unknown or not signature.statements:
        return False
    name = unknown["name"] or unknown["keyword"]
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    return any(word.search(statement) for statement in signature.statements)


def _is_missing(signature: Signature, code: CodeFolders) -> bool:
    said = signature.message
    match signature.exception:
        case "ImportError" | "ModuleNotFoundError":
            missing = NO_MODULE.search(said)
            return _is_ours(missing["name"], code) if missing else bool(NO_NAME.search(said))
        case "AttributeError":
            return bool(NO_ATTRIBUTE.search(said)) and not NOTHING.search(said)
        case "NameError":
            return bool(NO_VARIABLE.search(said))
        case "TypeError":
            return bool(OTHER_ARGUMENTS.search(said))
    return False


def _is_ours(module: str, code: CodeFolders) -> bool:
    """Whether a missing module is one of the tree's, and no dependency that nobody installed.

    Of a dotted name the package was found, and only the rest of it is not there.
    """
    if "." in module:
        return True
    packages = {_package(folder) for folder in code.own}
    return module in packages or "" in packages


def _package(folder: str) -> str:
    """The package that a folder holds; empty where it holds all kinds of them."""
    parts = [part for part in folder.split("/") if part and part not in SOURCES]
    return parts[0] if parts else ""

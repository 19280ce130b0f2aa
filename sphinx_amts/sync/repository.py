"""``amts.toml``: what a translation says for itself, where it has a repository of its own.

It stands at the root of the locale tree, is written by people alone, and holds three things::

    upstream = "https://github.com/OWNER/BOOK"  # the repository of the book
    ref = "main"                                # the branch, tag or commit of it that the tree follows
    engine = "amazon"                           # any other name is an option of the book, without ``amts_``

Which source each document was last synced with stands in its manifest, whole.  So nothing has to be recorded here, a sync
never writes this file, and two branches never conflict in it.

A tree is less trusted than the book and whoever runs a command: its file can start no program, choose no credentials, and
name no file outside of the tree.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sphinx_amts.config import OPTIONS, settings
from sphinx_amts.errors import AmtsError, ConfigError
from sphinx_amts.sync.tree import LocaleTree

__all__ = ["FILE", "Repository", "repository"]

FILE = "amts.toml"
_ENGINES = ("amazon", "amazon-realtime", "identity", "memory", "pseudo")
"""Those that start no program, whatever their options say."""
_FORBIDDEN = {
    "languages": "the tree holds one language; set amts_languages in the book",
    "overrides": "the tree holds one language; write the option itself",
    "locale_dir": "it says where the tree lies; give --target",
    "sync_on_build": "it is about the book's own builds",
    **dict.fromkeys(("notice", "switcher", "published", "base_url"), "it is about the book's own pages"),
    "engine_options": "they could start a program; give them with -D amts_engine_options.NAME=VALUE",
}
_ADDRESS = re.compile(r"(?!-)(?!.*::)\S+")
_REF = re.compile(r"(?![-/])(?!.*\.\.)[\w./-]+")


@dataclass(frozen=True, slots=True)
class Repository:
    """What ``amts.toml`` says; all of it is empty where there is no such file."""

    upstream: str = ""
    ref: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Values by option name, without ``amts_``; names of files are whole paths."""


def repository(tree: LocaleTree, *, own_engine: str = "memory") -> Repository:
    """What the tree's ``amts.toml`` says.

    ``own_engine`` is the engine that the book itself chose, which the file may repeat.  Raises ConfigError, with file and
    line, for what is no TOML, an unknown name, a value of the wrong type, and an option that a tree may not set.
    """
    text = tree.read(FILE) if tree.root.is_dir() else None
    if text is None:
        return Repository()
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise ConfigError(
            f"this is not TOML: {error}", path=tree.file(FILE), line=int(line[1]) if line else 0
        ) from None
    upstream, ref = values.pop("upstream", ""), values.pop("ref", "")
    for name, value, pattern in (("upstream", upstream, _ADDRESS), ("ref", ref, _REF)):
        if value != "" and not (isinstance(value, str) and pattern.fullmatch(value)):
            what = "the address of a git repository" if name == "upstream" else "a branch, a tag or a commit"
            raise _located(ConfigError(f"{name} is {value!r}, and must be {what}"), tree, text, name)
    options = {}
    for name, value in values.items():
        try:
            options[name] = _checked(tree, name, value, own_engine)
        except AmtsError as error:
            raise _located(error, tree, text, name) from None
    return Repository(upstream, ref, options)


def _checked(tree: LocaleTree, name: str, value: Any, own_engine: str) -> Any:
    """The value of an option; raises ConfigError for one that cannot be set here."""
    if name in _FORBIDDEN:
        raise ConfigError(f"{name} cannot be set here", hint=f"Reason: {_FORBIDDEN[name]}.")
    if f"amts_{name}" not in OPTIONS:
        near = difflib.get_close_matches(name, ["upstream", "ref", *_names()], n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Known: upstream, ref, {', '.join(_names())}."
        raise ConfigError(f"there is no option {name}", hint=hint)
    settings({f"amts_{name}": value})
    match name:
        case "engine" if value not in (*_ENGINES, own_engine):
            hint = f"Here it may be: {', '.join(_ENGINES)}. Others are chosen with --engine, or in the book."
            raise ConfigError(
                f"the engine {value!r} cannot be chosen here, because it could start a program", hint=hint
            )
        case "memory":
            return [str(tree.file(file)) for file in value]
        case "amazon":
            return dict(_amazon(tree, value))
    return value


def _names() -> list[str]:
    names = (name.removeprefix("amts_") for name in OPTIONS)
    return [name for name in names if name not in _FORBIDDEN]


def _amazon(tree: LocaleTree, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options of Amazon: files stand in the tree, and credentials are those of whoever runs the command."""
    if "profile" in options:
        raise ConfigError("amazon.profile cannot be set here", hint="Set AWS_PROFILE in the environment.")
    own = dict(options)
    if isinstance(own.get("terminology"), str):
        own["terminology"] = str(tree.file(own["terminology"]))
    if isinstance(own.get("parallel_data"), list):
        own["parallel_data"] = [str(tree.file(str(file))) for file in own["parallel_data"]]
    return own


def _located(error: AmtsError, tree: LocaleTree, text: str, name: str) -> AmtsError:
    """The error with the place of a name in the file."""
    begin = re.compile(rf"""\s*\[*\s*["']?{re.escape(name)}["']?\s*[\].=]""")
    lines = (number for number, line in enumerate(text.splitlines(), 1) if begin.match(line))
    error.path, error.line = tree.file(FILE), next(lines, 0)
    return error

"""Every ``amts_*`` option, declared once: its type, its default, what it does.

The declaration drives Sphinx's ``add_config_value``, the check of values, and the reference page.  ``Settings`` is the frozen
snapshot that everything below the fronts works with; nothing there sees Sphinx's configuration.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sphinx_amts import typography
from sphinx_amts.errors import ConfigError

__all__ = ["OPTIONS", "Option", "Settings", "for_language", "settings"]


@dataclass(frozen=True, slots=True)
class Option:
    """How an option is declared: the types Sphinx accepts, and its help."""

    types: tuple[type, ...]
    help: str
    rebuild: str = ""


def _option(types: tuple[type, ...], help_: str, *, default: Any, rebuild: str = "") -> Any:
    metadata = {"option": Option(types, help_, rebuild)}
    if isinstance(default, (list, dict)):
        return field(default_factory=lambda: type(default)(default), metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """The values of all options; the name of a field with ``amts_`` before it is the name of the option."""

    source_language: str = _option((str,), "The language that the book is written in.", default="en")
    languages: Sequence[str] | Mapping[str, Mapping[str, Any]] = _option(
        (list, tuple, dict),
        "The languages to keep in sync, named as their directories are. A dictionary gives a language values of its own"
        " for any other option: ``{'zh': {'engine': 'command'}, 'es': {}}``.",
        default=[],
    )
    locale_dir: str = _option(
        (str,),
        "The directory of the locale trees, relative to the source directory: a language's tree is the directory below"
        " it that has the language's name.",
        default="../locale",
        rebuild="env",
    )
    engine: str = _option((str,), "The engine that translates what memory does not know.", default="memory")
    engine_options: Mapping[str, Any] = _option((dict,), "The engine's own options.", default={})
    amazon: Mapping[str, Any] = _option(
        (dict,),
        "The options of the engines ``amazon`` and ``amazon-realtime``: bucket, role, region and others.",
        default={},
    )
    memory: Sequence[str] = _option(
        (list, tuple),
        "Files of sentence pairs, TMX or CSV, relative to the configuration directory, that memory holds besides the"
        " manifests' own pairs.",
        default=[],
    )
    include: Sequence[str] = _option((list, tuple), "Globs of the docnames to translate.", default=["**"])
    exclude: Sequence[str] = _option(
        (list, tuple), "Globs of docnames that are not translated; their pages are built from the source.", default=[]
    )
    on_human: str = _option(
        (str,),
        "What to do when the source of a sentence that a person wrote changes: ``propose`` keeps it and puts the"
        " engine's answer beside it in the manifest, ``keep`` keeps it and asks nobody, ``replace`` writes the engine's"
        " answer and keeps the person's in the manifest's attic. A reviewed sentence is never replaced.",
        default="propose",
    )
    new_documents: str = _option(
        (str,),
        "What to do with documents that are new in the book: ``translate`` them, or only ``list`` them until they are"
        " named in a sync, ``sphinx-amts sync BOOK DOCNAME``.",
        default="translate",
    )
    anchors: bool = _option(
        (bool,),
        "Whether a translated heading that links of the book lead to by its id gets a label of that name, for locale trees"
        " that are built without the extension. A label must be the only one of its name in the book; where it would not"
        " be, the heading is listed.",
        default=False,
    )
    copy_assets: bool | None = _option(
        (bool, type(None)),
        "Whether figures, included files and downloads that new text needs are copied into the locale tree. By default"
        " they are where the tree lies in a git repository of its own.",
        default=None,
    )
    typography: bool | Sequence[str] = _option(
        (bool, list, tuple),
        "Whether what an engine answers is set as its language is: quotes, full-width punctuation, no-break spaces. A list"
        " names the rules: ``quotes``, ``punctuation``, ``no-break``, ``openers``, ``direction``, ``spaced``,"
        " ``unspaced``. ``True`` means all but the last two, on which people who write one language disagree.",
        default=True,
    )
    overrides: Mapping[str, Mapping[str, Any]] = _option(
        (dict,),
        "Values of any other option for single languages, beside a plain list in ``amts_languages``:"
        " ``{'zh': {'engine': 'command'}}``.",
        default={},
    )
    notice: bool | str = _option(
        (bool, str),
        "Whether each page of a language says above its text that it was machine-translated, wholly or partly, is behind"
        " its source, or not translated. With ``people`` a page says that people translated it, too.",
        default=False,
        rebuild="html",
    )
    switcher: bool | str = _option(
        (bool, str),
        "Whether each page links to itself in the other languages, above its text and, for search engines, in its head."
        " With ``sidebar`` the links stand only where the theme shows the template ``amts-languages.html``.",
        default=False,
        rebuild="html",
    )
    published: Sequence[str] = _option(
        (list, tuple),
        "The languages of ``amts_languages`` that pages link to. By default they link to all of them.",
        default=[],
        rebuild="html",
    )
    base_url: str = _option(
        (str,),
        "The address at which the book will be read, such as ``https://example.org/book``. A language is read below it,"
        " in a directory that has the language's name, or at an address of its own, which ``amts_overrides`` gives it.",
        default="",
        rebuild="html",
    )
    sync_on_build: bool | None = _option(
        (bool, type(None)),
        "Whether building a language syncs its locale tree first. By default it does, except where ``CI`` or"
        " ``READTHEDOCS`` is set in the environment.",
        default=None,
    )

    def options_of(self, engine: str) -> Mapping[str, Any]:
        """The options of an engine, where they are meant for it."""
        return self.amazon if engine in ("amazon", "amazon-realtime") else self.engine_options

    @property
    def codes(self) -> tuple[str, ...]:
        """The languages' codes, in the order in which the book names them."""
        return tuple(self.languages)


OPTIONS: Mapping[str, tuple[Option, Any]] = {
    f"amts_{item.name}": (item.metadata["option"], getattr(Settings(), item.name))
    for item in dataclasses.fields(Settings)
}
"""Every option's declaration and default by its full name."""

_CHOICES: Mapping[str, tuple[bool | str, ...]] = {
    "on_human": ("propose", "keep", "replace"),
    "new_documents": ("translate", "list"),
    "notice": (False, True, "people"),
    "switcher": (False, True, "sidebar"),
}


def settings(values: Mapping[str, Any]) -> Settings:
    """The settings out of values by option name.

    Raises ConfigError for a value of the wrong type, for an unknown choice, and for a name like ours that is no option.
    """
    for name in values:
        if name.startswith("amts_") and name not in OPTIONS:
            near = difflib.get_close_matches(name, OPTIONS, n=1)
            raise ConfigError(f"there is no option {name}", hint=f"Did you mean {near[0]}?" if near else "")
    known = {
        name.removeprefix("amts_"): _checked(name, option, default if (value := values.get(name)) is None else value)
        for name, (option, default) in OPTIONS.items()
    }
    for name, choices in _CHOICES.items():
        if known[name] not in choices:
            raise ConfigError(f"amts_{name} is {known[name]!r}, and must be one of {', '.join(map(str, choices))}")
    if (
        unknown := []
        if isinstance(known["typography"], bool)
        else sorted({*known["typography"]} - typography.RULES.keys())
    ):
        rules = ", ".join(typography.RULES)
        raise ConfigError(f"amts_typography names the rule {unknown[0]!r}, and must be of: {rules}, or True, or False")
    return Settings(**known)


def _checked(name: str, option: Option, value: Any) -> Any:
    """A value of the right type."""
    if bool in option.types and value in ("0", "1"):
        return value == "1"  # from a command line
    if bool in option.types and list in option.types and isinstance(value, str):
        value = value.split(",")  # the same
    if not isinstance(value, option.types):
        wanted = " or ".join(kind.__name__ for kind in option.types)
        raise ConfigError(f"{name} is {value!r}, and must be of type {wanted}", hint=option.help)
    if isinstance(value, (list, tuple)) and not all(isinstance(item, str) for item in value):
        raise ConfigError(f"{name} is {value!r}, and must hold texts", hint=option.help)
    return value


def for_language(base: Settings, code: str) -> Settings:
    """The settings of one language: its own values over those of all; raises ConfigError for an unknown option."""
    values = {f"amts_{item.name}": getattr(base, item.name) for item in dataclasses.fields(Settings)}
    languages = base.languages if isinstance(base.languages, Mapping) else {}
    values.update(_own(f"amts_languages[{code!r}]", languages.get(code, {})))
    values.update(_own(f"amts_overrides[{code!r}]", base.overrides.get(code, {})))
    return settings(values)


def _own(where: str, own: object) -> Iterator[tuple[str, Any]]:
    """The options of one language by their full names."""
    if not isinstance(own, Mapping):
        raise ConfigError(f"{where} must be a dictionary of options")
    for name, value in own.items():
        full = name if name.startswith("amts_") else f"amts_{name}"
        if full not in OPTIONS:
            near = difflib.get_close_matches(full, OPTIONS, n=1)
            hint = f"Did you mean {near[0].removeprefix('amts_')!r}?" if near else ""
            raise ConfigError(f"{where} has an unknown option {name!r}", hint=hint)
        yield full, value

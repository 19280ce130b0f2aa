"""PO catalogues, as gettext and sphinx-intl write them: messages with their translations."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as _Message
from babel.messages.pofile import PoFileError, read_po, write_po

from sphinx_amts.errors import ConfigError
from sphinx_amts.model import Origin

__all__ = ["Message", "Messages", "as_po", "read"]

_ORIGIN = "sphinx-amts: "
"""Begins the comment that says who wrote a translation, where that was no person."""


@dataclass(frozen=True, slots=True)
class Message:
    """A text and its translation, empty where there is none.

    ``domain`` is the catalogue's name without its suffix, ``places`` are the files and lines that it names.
    """

    source: str
    target: str
    is_fuzzy: bool = False
    places: tuple[tuple[str, int], ...] = ()
    domain: str = ""
    origin: str = Origin.HUMAN
    line: int = field(default=0, compare=False)
    """Where it stands in the catalogue."""


@dataclass(frozen=True, slots=True)
class Messages:
    """A catalogue: the language that its header names, which may be none or wrong, and its messages."""

    language: str
    messages: tuple[Message, ...]


def read(path: Path, *, base: Path | None = None) -> Messages:
    """A ``.po`` file without its header, obsolete messages and plurals; its domain is relative to ``base``.

    Raises ConfigError for a file that cannot be read or is damaged.
    """
    try:
        raw = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
        catalogue = read_po(io.BytesIO(raw), ignore_obsolete=True, abort_invalid=True)
    except OSError as why:
        raise ConfigError(f"cannot be read: {why.strerror or why}", path=path) from why
    except PoFileError as why:
        raise ConfigError(f"damaged catalogue: {why}", path=path, line=(why.lineno or 0) + 1) from why
    except (ValueError, LookupError, TypeError, AttributeError) as why:
        raise ConfigError(f"damaged catalogue: {why}", path=path) from why
    domain = (path.relative_to(base) if base else Path(path.name)).with_suffix("").as_posix()
    return Messages(str(catalogue.locale_identifier or ""), tuple(_messages(catalogue, domain)))


def _messages(catalogue: Catalog, domain: str) -> Iterator[Message]:
    for message in catalogue:
        if message.id and isinstance(message.id, str) and isinstance(message.string, str):
            places = tuple((str(name).lstrip("./").replace("\\", "/"), line or 0) for name, line in message.locations)
            said = (comment for comment in message.auto_comments if comment.startswith(_ORIGIN))
            origin = next(said, "").removeprefix(_ORIGIN) or Origin.HUMAN
            yield Message(message.id, message.string, message.fuzzy, places, domain, origin, message.lineno or 0)


def as_po(messages: Iterable[Message], language: str) -> bytes:
    """The messages as one catalogue, in their order; of a source's translations the first stays."""
    catalogue = Catalog(locale=None, fuzzy=False, charset="utf-8")
    merged: dict[str, _Message] = {}
    for message in messages:
        known = merged.get(message.source)
        if known is None:
            known = merged[message.source] = _Message(message.source, message.target)
            known.flags = {"fuzzy"} if message.is_fuzzy else set()
            known.auto_comments = [_ORIGIN + message.origin] if message.origin != Origin.HUMAN else []
        known.locations += list(message.places)
    for number, known in enumerate(merged.values(), 1):
        known.lineno = number
        catalogue[known.id] = known
    body = io.BytesIO()
    write_po(body, catalogue, width=0, omit_header=True)
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n\n'
    )
    return header.encode() + body.getvalue()

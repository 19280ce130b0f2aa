"""Where the pages of a book are read in each of its languages: the source in one directory, each language below it.

The source's pages stand in the root, those of ``zh`` in ``zh/``; so a link from one to the other is relative, and holds
on a server and on a disk.  A language whose ``base_url`` differs from the book's is read elsewhere, at that address.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from sphinx.util.osutil import relative_uri

from sphinx_amts.config import Settings, for_language
from sphinx_amts.locales import Language, language
from sphinx_amts.sync import included

__all__ = ["Place", "Places"]


@dataclass(frozen=True, slots=True)
class Place:
    """A language of the book: its directory in the output, its address if that is known, and what it translates."""

    language: Language
    directory: str
    address: str
    is_elsewhere: bool
    settings: Settings

    def has(self, path: str | None) -> bool:
        """Whether a document is translated into this language; a page that is made of no document is in all."""
        return path is None or not self.directory or included(path, self.settings)

    def link(self, here: Place, page: str, target: str) -> str:
        """The link from ``page`` of another place to ``target`` of this one; both are as their builders name them."""
        if self is here and page == target:
            return quote(page.rpartition("/")[2]) or "./"
        if self.address and (self.is_elsewhere or here.is_elsewhere):
            return self.address + quote(target)
        return quote(relative_uri(here.directory + page, self.directory + target))

    def canonical(self, here: Place, page: str, target: str) -> str:
        """The same for machines, who want a whole address, where there is one."""
        return self.address + quote(target) if self.address else self.link(here, page, target)


@dataclass(frozen=True, slots=True)
class Places:
    """The source and the languages that pages link to; ``here`` is the one that is being built."""

    source: Place
    others: tuple[Place, ...]
    here: Place

    @classmethod
    def of(cls, base: Settings, code: str | None) -> Places:
        """Those of a book; ``code`` is the language of the build, ``None`` for the source.

        Raises ConfigError for a language that is not known.
        """
        address = _directory(base.base_url)
        source = Place(language(base.source_language), "", address, False, base)
        published = [name for name in base.codes if name == code or _is_published(base, name)]
        others = tuple(_place(base, name, address) for name in published)
        here = next((other for name, other in zip(published, others, strict=True) if name == code), source)
        return cls(source, others, here)

    def __iter__(self) -> Iterator[Place]:
        yield self.source
        yield from self.others


def _is_published(base: Settings, code: str) -> bool:
    """Whether pages link to a language; they need not know one that they never name."""
    return bool(base.switcher or base.base_url) and (not base.published or code in base.published)


def _place(base: Settings, code: str, address: str) -> Place:
    own = for_language(base, code)
    if own.base_url != base.base_url:
        return Place(language(code), f"{code}/", _directory(own.base_url), True, own)
    return Place(language(code), f"{code}/", address and f"{address}{quote(code)}/", False, own)


def _directory(address: str) -> str:
    return f"{address.rstrip('/')}/" if address else ""

"""Links from a page to itself in other languages: for readers a list, for search engines in the head of the page."""

from __future__ import annotations

from html import escape

from sphinx_amts.sphinx_ext.places import Place, Places
from sphinx_amts.sphinx_ext.wording import wording

__all__ = ["alternates", "switcher"]


def switcher(places: Places, page: str, path: str | None) -> str:
    """The list of links; a language that lacks the document links to the source's page.

    ``page`` is the page as its builder names it, ``path`` its document, ``None`` for one that is made of none.
    """
    words = wording(places.here.language)
    items = "".join(f"<li>{_link(places, place, page, path)}</li>" for place in places)
    label = f'aria-label="{escape(words.languages)}" lang="{words.tag}" dir="{places.here.language.direction}"'
    return f'<nav class="amts-languages" {label}><ul>{items}</ul></nav>\n'


def _link(places: Places, place: Place, page: str, path: str | None) -> str:
    holder = place if place.has(path) else places.source
    is_current = place is places.here
    href = escape((place if is_current else holder).link(places.here, page, page))
    attributes = f'lang="{place.language.tag}" dir="{place.language.direction}" hreflang="{holder.language.tag}"'
    attributes += ' aria-current="page"' if is_current else ""
    return f'<a href="{href}" {attributes}>{escape(place.language.name)}</a>'


def alternates(places: Places, page: str, path: str | None) -> str:
    """The elements for the head of a page: one for each language that has it, and the source for everybody else."""
    found = [(place.language.tag, place) for place in places if place.has(path)]
    return "".join(
        f'\n  <link rel="alternate" hreflang="{tag}" href="{escape(place.canonical(places.here, page, page))}" />'
        for tag, place in [*found, ("x-default", places.source)]
    )

"""The notice on a page: who translated it, and whether it is behind its source.

It is a node without children, so that nobody finds it by the words that all pages share; only HTML shows it.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable
from html import escape
from typing import Any

from docutils import nodes

from sphinx_amts.locales import Language
from sphinx_amts.pairs.manifest import Manifest
from sphinx_amts.sphinx_ext.wording import wording
from sphinx_amts.upkeep.status import state_of

__all__ = ["Standing", "insert", "notice_node", "skip", "standing", "visit"]


class Standing(enum.StrEnum):
    """How a page was translated; the values name the sentences of ``Wording``."""

    MACHINE = "machine"
    PARTLY = "partly"
    PEOPLE = "people"
    BEHIND = "behind"
    UNTRANSLATED = "untranslated"


class notice_node(nodes.General, nodes.Element):  # noqa: N801 - nodes are written like this
    """A notice; ``standing`` is what it says, ``language`` whose words it says it in, ``refuri`` the source page."""


def standing(manifests: Iterable[Manifest], *, is_behind: bool) -> Standing | None:
    """How a page was translated that shows the files of these manifests; ``None`` where there was nothing to translate.

    ``is_behind`` says that one of the files has changed since its translation was last synced.
    """
    counts: Counter[str] = Counter()
    for manifest in manifests:
        for unit in manifest.units:
            counts.update(state_of(group) for group in unit.groups)
    done = counts["reviewed"] + counts["human"] + counts["memory"]
    if counts["stale"] or (is_behind and done + counts["machine"]):
        return Standing.BEHIND
    if counts["machine"]:
        return Standing.PARTLY if done else Standing.MACHINE
    if done:
        return Standing.PEOPLE
    return Standing.UNTRANSLATED if counts["untranslated"] else None


def insert(doctree: nodes.document, what: Standing, language: Language, refuri: str) -> None:
    """Put a notice below the title of a page, or at its top where it has no title."""
    node = notice_node("", standing=what.value, language=language, refuri=refuri)
    section = next((child for child in doctree.children if isinstance(child, nodes.section)), doctree)
    section.insert(1 if section.children and isinstance(section[0], nodes.title) else 0, node)


def visit(translator: Any, node: nodes.Element) -> None:
    """Write a notice as HTML."""
    words = wording(node["language"])
    direction = node["language"].direction if words.tag == node["language"].tag else "ltr"
    translator.body.append(
        f'<div class="amts-notice amts-notice-{node["standing"]}" role="note" lang="{words.tag}" dir="{direction}">'
        f"<p>{escape(getattr(words, node['standing']))} "
        f'<a class="amts-original" href="{escape(node["refuri"])}">{escape(words.original)}</a></p></div>\n'
    )
    raise nodes.SkipNode


def skip(translator: Any, node: nodes.Element) -> None:
    """Write nothing, where pages are no web pages."""
    raise nodes.SkipNode

"""The directive ``amazon-errors``: each error of AWS that we know, what it means, and the hint that people are shown.

A line of its content names errors of one meaning: ``NoSuchBucket: the bucket does not exist.``  The hint is the code's
own.  An error that has a hint and no line, or a line and no hint, is an error of the build.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from sphinx_amts.engines.amazon import client

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class AmazonErrors(SphinxDirective):
    """Show a definition for each line."""

    has_content: ClassVar[bool] = True

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(inspect.getfile(client))
        rows = [line.partition(": ") for line in self.content if line]
        meanings = {tuple(names.split(", ")): meaning for names, _, meaning in rows}
        named = {name for names in meanings for name in names}
        if wrong := sorted(named ^ client._HINTS.keys()):
            raise self.error(f"errors without a hint, or hints without a line: {', '.join(wrong)}")
        return [nodes.definition_list("", *(self._item(names, meanings[names]) for names in meanings))]

    def _item(self, names: tuple[str, ...], meaning: str) -> nodes.Node:
        hints = {client._HINTS[name] for name in names}
        if len(hints) > 1:
            raise self.error(f"errors with different hints on one line: {', '.join(names)}")
        what = nodes.paragraph("", f"{meaning} ")
        what += [nodes.emphasis("", "What you can do:"), nodes.Text(f" {hints.pop()}")]
        return nodes.definition_list_item("", nodes.term("", "", *_literals(names)), nodes.definition("", what))


def _literals(names: tuple[str, ...]) -> Iterator[nodes.Node]:
    for number, name in enumerate(names):
        yield from [nodes.Text(", ")] if number else []
        yield nodes.literal(name, name)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("amazon-errors", AmazonErrors)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

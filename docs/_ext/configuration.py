"""The directive ``configuration``: every ``amts_*`` option, as ``sphinx_amts.config`` declares it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from sphinx_amts import config

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class Configuration(SphinxDirective):
    """Show the name, the types, the default and the help of each option."""

    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(inspect.getfile(config))
        return [nodes.definition_list("", *(self._item(name) for name in config.OPTIONS))]

    def _item(self, name: str) -> nodes.Node:
        option, default = config.OPTIONS[name]
        kinds = " or ".join("None" if kind is type(None) else kind.__name__ for kind in option.types)
        term = nodes.term("", "", nodes.literal(name, name), nodes.Text(f": {kinds}, default "))
        term += nodes.literal(repr(default), repr(default))
        definition = nodes.definition()
        self.state.nested_parse(StringList([option.help], source=name), 0, definition)
        return nodes.definition_list_item("", term, definition)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("configuration", Configuration)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

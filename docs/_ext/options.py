"""The directive ``options``: the fields of a dataclass, read from the code when the documentation is built.

``{options} sphinx_amts.engines.amazon.options:Options`` shows the name, the type, the default and the docstring of each.
A field without docstring is an error of the build.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class Options(SphinxDirective):
    """Show the fields of ``module:Class``."""

    required_arguments = 1
    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        module, _, name = self.arguments[0].partition(":")
        source = importlib.import_module(module)
        self.env.note_dependency(inspect.getfile(source))
        tree = ast.parse(inspect.getsource(source))
        body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
        fields = [
            (one, following)
            for one, following in zip(body, [*body[1:], None], strict=True)
            if isinstance(one, ast.AnnAssign)
        ]
        return [nodes.definition_list("", *(self._item(module, *field) for field in fields))]

    def _item(self, module: str, field: ast.AnnAssign, following: ast.stmt | None) -> nodes.Node:
        name = ast.unparse(field.target)
        match following:
            case ast.Expr(value=ast.Constant(value=str(text))):
                pass
            case _:
                raise self.error(f"the option {name} has no docstring")
        term = nodes.term("", "", nodes.literal(name, name))
        kind, default = ast.unparse(field.annotation), _default(field)
        term += [nodes.Text(": "), nodes.literal(kind, kind), nodes.Text(", default "), nodes.literal(default, default)]
        definition = nodes.definition()
        self.state.nested_parse(StringList(inspect.cleandoc(text).splitlines(), source=module), 0, definition)
        return nodes.definition_list_item("", term, definition)


def _default(field: ast.AnnAssign) -> str:
    """A default as it is written; of a dictionary that is made anew, an empty one."""
    match field.value:
        case None:
            return "none"
        case ast.Call():
            return "{}"
        case value:
            return ast.unparse(value)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("options", Options)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

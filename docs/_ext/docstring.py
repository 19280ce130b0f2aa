"""The directive ``docstring``: what the code promises, read from the code when the documentation is built.

``{docstring} sphinx_amts.model:Subtype.STALE`` shows the docstring of a member of an enumeration,
``{docstring} sphinx_amts.errors:BookError`` that of a class.  A name without docstring is an error of the build.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class Docstring(SphinxDirective):
    """Show the docstring of ``module:dotted.name``."""

    required_arguments = 1
    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        module, _, name = self.arguments[0].partition(":")
        source = importlib.import_module(module)
        text = docstring(ast.parse(inspect.getsource(source)).body, name.split("."))
        if text is None:
            raise self.error(f"{self.arguments[0]} has no docstring")
        if source.__file__ is not None:
            self.env.note_dependency(source.__file__)
        holder = nodes.Element()
        self.state.nested_parse(StringList(text.splitlines(), source=module), 0, holder)
        return holder.children


def docstring(body: Sequence[ast.stmt], path: Sequence[str]) -> str | None:
    """The docstring of the class, function or assignment that ``path`` names in ``body``."""
    name, *rest = path
    for statement, following in zip(body, [*body[1:], None], strict=True):
        match statement:
            case ast.ClassDef() | ast.FunctionDef() if statement.name == name:
                return docstring(statement.body, rest) if rest else ast.get_docstring(statement)
            case ast.Assign(targets=[ast.Name(id=found)]) if found == name and not rest:
                match following:
                    case ast.Expr(value=ast.Constant(value=str(text))):
                        return inspect.cleandoc(text)
                return None
    return None


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("docstring", Docstring)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

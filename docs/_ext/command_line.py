"""The directive ``command``: what a command of ``sphinx-amts`` says of itself, read from its parser.

``{command} sync`` shows the usage, the description, the arguments and the examples of ``sphinx-amts sync``.
"""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import sphinx_amts.cli

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class Command(SphinxDirective):
    """Show the help of one command."""

    required_arguments = 1
    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        known = commands()
        parser = known.get(self.arguments[0])
        if parser is None:
            raise self.error(f"there is no command {self.arguments[0]!r}; known: {', '.join(known)}")
        for module in (sphinx_amts.cli, __import__(parser.get_default("run").__module__, fromlist=["run"])):
            self.env.note_dependency(inspect.getfile(module))
        usage = " ".join(parser.format_usage().removeprefix("usage: ").split())
        return [
            nodes.literal_block(usage, usage, language="text"),
            *blocks(parser.description or ""),
            nodes.definition_list("", *arguments(parser)),
            *blocks(parser.epilog or ""),
        ]


def commands() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command by its name."""
    (choices,) = (action.choices for action in sphinx_amts.cli.parser()._actions if action.dest == "command")
    return dict(choices)


def arguments(parser: argparse.ArgumentParser) -> Iterator[nodes.Node]:
    """A term and its definition for each operand and option."""
    for action in parser._actions:
        value = action.metavar or "|".join(action.choices or ())
        value = f" {value}" if value and action.option_strings else ""
        names = [f"{name}{value}" for name in action.option_strings] or [str(action.metavar)]
        literals = [node for name in names for node in (nodes.Text(", "), nodes.literal(name, name))][1:]
        text = nodes.paragraph("", action.help or f"default: {action.default}")
        yield nodes.definition_list_item("", nodes.term("", "", *literals), nodes.definition("", text))


def blocks(text: str) -> Iterator[nodes.Node]:
    """A paragraph for each block of a text; indented lines as they stand, after the line that announces them."""
    for block in text.split("\n\n"):
        lines = block.split("\n")
        if len(lines) > 1 and lines[-1].startswith("  ") and not lines[0].startswith("  "):
            yield nodes.rubric("", lines.pop(0).rstrip(":").capitalize())
        joined = inspect.cleandoc("\n" + "\n".join(lines))
        yield (
            nodes.literal_block(joined, joined, language="text")
            if lines[0].startswith(" ")
            else nodes.paragraph("", " ".join(lines))
        )


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("command", Command)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

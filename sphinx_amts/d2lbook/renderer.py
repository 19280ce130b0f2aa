"""From the tokens of d2lbook's dialect to doctree nodes; all else is MyST's."""

from __future__ import annotations

import re

from docutils import nodes
from markdown_it.tree import SyntaxTreeNode
from myst_parser.mdit_to_docutils.sphinx_ import SphinxRenderer
from sphinx import addnodes

__all__ = ["D2lbookRenderer"]

_REFERENCES = re.compile(r"numref|ref|eqref|cite\w*")
_SIZES = ("width", "height")
_CODE = re.compile(r"\{\s*\.([\w+#-]+)[^}]*\}")
_COMMENT = re.compile(r"\s*<!--.*-->\s*", re.DOTALL)
_MARKS = {"[**": "region", "(**": "region-plain", "[~~": "aside", "(~~": "aside-plain"}


class D2lbookRenderer(SphinxRenderer):
    """Fills a document from tokens.

    A label names what stands before it: a heading, a figure, an equation, a table (or the table whose caption stands
    before it); else it is a target of its own.  The node has the label in ``labels``, and an id and a name made of it.
    References are ``pending_xref`` nodes of the domain ``d2l``.
    """

    _caption: nodes.title | None = None
    _caption_labels: tuple[str, ...] = ()
    _equations = 0

    # Inline

    def render_d2l_role(self, token: SyntaxTreeNode) -> None:
        name, text = token.meta["name"], " ".join(token.content.split())
        if name in {"label", "eqlabel"}:
            equation = self._equation(self.current_node) if name == "eqlabel" else None
            self._note_label(text, equation or self._place(token))
        elif name in _SIZES:
            self._note_size(name, text, self.current_node)
        elif _REFERENCES.fullmatch(name):
            self.current_node.append(self._reference(name, text, token))
        else:
            node = nodes.literal(token.content, text, classes=["d2l-role", nodes.make_id(name)])
            self.add_line_and_source_path(node, token)
            self.current_node.append(node)

    def _reference(self, name: str, label: str, token: SyntaxTreeNode) -> nodes.Element:
        """``:cite:`a, b` `` is one reference to two works."""
        target = ",".join(key.strip() for key in label.split(","))
        reference = addnodes.pending_xref(
            token.markup,
            refdomain="d2l",
            reftype=name,
            reftarget=target,
            refdoc=self.sphinx_env.docname,
            refexplicit=False,
            refwarn=False,
        )
        reference.append(nodes.literal(label, label, classes=["xref", "d2l", f"d2l-{name}"]))
        self.add_line_and_source_path(reference, token)
        return reference

    def render_d2l_mark(self, token: SyntaxTreeNode) -> None:
        """Slides show what is marked; a book shows the text as any other."""
        node = nodes.inline(classes=["d2l-mark", _MARKS[token.markup]])
        self.add_line_and_source_path(node, token)
        with self.current_node_context(node, append=True):
            self.render_children(token)

    def render_d2l_halfmark(self, token: SyntaxTreeNode) -> None:
        side = "opens" if token.markup in _MARKS else "closes"
        node = nodes.inline(token.markup, classes=["d2l-mark", side])
        self.add_line_and_source_path(node, token)
        self.current_node.append(node)

    def render_image(self, token: SyntaxTreeNode) -> None:
        super().render_image(token)
        image = self.current_node[-1]
        assert isinstance(image, nodes.image)
        if any(child.type != "text" for child in token.children):
            # MyST drops math from alternative texts.
            image["alt"] = token.content

    def render_text_special(self, token: SyntaxTreeNode) -> None:
        """An escaped character in a caption: markdown-it joins those of other texts with the words around them."""
        self.render_text(token)

    def render_html_block(self, token: SyntaxTreeNode) -> None:
        if _COMMENT.fullmatch(token.content):
            text = token.content.strip()[4:-3].strip()
            node = nodes.comment(text, text)
            self.add_line_and_source_path(node, token)
            self.current_node.append(node)
        else:
            super().render_html_block(token)

    # Blocks

    def render_paragraph(self, token: SyntaxTreeNode) -> None:
        inline = token.children[0]
        if [child.type for child in inline.children] == ["image"]:
            self._render_figure(token, inline)
        else:
            super().render_paragraph(token)

    def _render_figure(self, token: SyntaxTreeNode, inline: SyntaxTreeNode) -> None:
        """An image alone in its paragraph is a figure, and its alternative text the caption.

        ``rawsource`` of the caption is the whole image, as that of MyST's paragraph would be.
        """
        figure = nodes.figure()
        self.add_line_and_source_path(figure, token)
        with self.current_node_context(figure, append=True):
            self.render_children(inline)
            image = figure[0]
            assert isinstance(image, nodes.image)
            if not image["alt"].strip() and not inline.children[0].children:
                return
            image["alt"] = ""
            caption = nodes.caption(inline.content)
            self.add_line_and_source_path(caption, token)
            with self.current_node_context(caption, append=True):
                self.render_children(inline.children[0])

    def render_fence(self, token: SyntaxTreeNode) -> None:
        info = (token.info or "").strip()
        if info == "toc":
            self.render_directive(token, "toctree", "")
        elif info == "eval_rst":
            self._render_code(token, "rst")
        elif code := _CODE.fullmatch(info):
            self._render_code(token, code[1])
        else:
            super().render_fence(token)

    def _render_code(self, token: SyntaxTreeNode, language: str) -> None:
        line = token.map[0] if token.map else None
        node = self.create_highlighted_code_block(token.content, language, source=self.document["source"], line=line)
        # Cells begin with lines for notebooks, which a lexer of the language refuses.
        node["force"] = True
        self.current_node.append(node)

    def render_d2l_tab(self, token: SyntaxTreeNode) -> None:
        node = nodes.container(classes=["d2l-tab"], tabs=token.meta["tabs"])
        self.add_line_and_source_path(node, token)
        with self.current_node_context(node, append=True):
            self.render_children(token)

    def render_d2l_caption(self, token: SyntaxTreeNode) -> None:
        title = nodes.title(token.children[0].content)
        self.add_line_and_source_path(title, token)
        with self.current_node_context(title):
            self.render_children(token)
        self._caption, self._caption_labels = title, ()

    def render_table(self, token: SyntaxTreeNode) -> None:
        super().render_table(token)
        table = self.current_node[-1]
        assert isinstance(table, nodes.table)
        if self._caption is not None:
            table.insert(0, self._caption)
            for label in self._caption_labels:
                self._note_label(label, table)
            self._caption = None

    def render_table_row(self, token: SyntaxTreeNode) -> None:
        super().render_table_row(token)
        row = self.current_node[-1]
        assert isinstance(row, nodes.row)
        for entry, cell in zip(row, token.children, strict=True):
            if cell.children and isinstance(entry, nodes.entry):
                self.add_line_and_source_path(entry[0], cell.children[0])

    def render_d2l_label(self, token: SyntaxTreeNode) -> None:
        name, text = token.meta["name"], token.content.strip()
        before = self.current_node[-1] if len(self.current_node) else None
        if name == "bibliography":
            node = nodes.container(classes=["d2l-bibliography"], bibfile=text)
            self.add_line_and_source_path(node, token)
            self.current_node.append(node)
        elif name in _SIZES:
            if isinstance(before, nodes.Element):
                self._note_size(name, text, before)
        elif self._caption is not None:
            self._caption_labels = (*self._caption_labels, text)
        elif isinstance(before, nodes.title) and isinstance(self.current_node, nodes.section):
            self._note_label(text, self.current_node)
        elif isinstance(before, nodes.figure | nodes.table | nodes.rubric):
            self._note_label(text, before)
        else:
            equation = self._equation(before) if isinstance(before, nodes.Element) else None
            self._note_label(text, self._place(token) if equation is None else equation)

    # Labels and sizes

    def _equation(self, node: nodes.Element) -> nodes.math_block | None:
        """The last equation in a node, unless it has a label already."""
        equations = list(node.findall(nodes.math_block))
        return equations[-1] if equations and "labels" not in equations[-1] else None

    def _place(self, token: SyntaxTreeNode) -> nodes.Element:
        target = nodes.target()
        self.add_line_and_source_path(target, token)
        self.current_node.append(target)
        return target

    def _note_label(self, label: str, node: nodes.Element) -> None:
        """Give a node its label.

        The name is no explicit one: those are unique in a book, but a translation and its original may stand side by
        side.
        """
        node["labels"] = [*node.get("labels", ()), label]
        id_, name = nodes.make_id(label), nodes.fully_normalize_name(label)
        if id_ and id_ not in self.document.ids:
            node["ids"].append(id_)
            self.document.ids[id_] = node
        elif not node["ids"]:
            self.document.set_id(node)
        if name not in self.document.nameids:
            node["names"].append(name)
            self.document.nameids[name] = node["ids"][-1]
            self.document.nametypes[name] = False
        if isinstance(node, nodes.math_block) and not node.get("label"):
            self._equations += 1
            node["label"], node["number"], node["docname"] = label, self._equations, self.sphinx_env.docname

    def _note_size(self, name: str, size: str, node: nodes.Element) -> None:
        images = list(node.findall(nodes.image))
        if images:
            images[-1][name] = size

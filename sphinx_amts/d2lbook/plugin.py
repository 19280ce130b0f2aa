"""The rules of markdown-it for d2lbook's dialect of Markdown.

Inline, each construct is consumed whole by one rule:

- ``:name:`text` `` gives one token ``d2l_role``, its name in ``meta``;
- the marks of slides, ``[**text**]``, ``(**text**)``, ``[~~text~~]`` and ``(~~text~~)``, give ``d2l_mark_open`` and
  ``d2l_mark_close`` around what stands inside; a mark that opens in one block and closes in another gives one
  ``d2l_halfmark`` at each end.

Blocks: ``:begin_tab:`` to ``:end_tab:`` gives a pair ``d2l_tab`` around blocks; a line of labels and widths gives one
``d2l_label`` for each; a line ``:words`` above a table gives a pair ``d2l_caption`` around them.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import text as plain_text

__all__ = ["d2lbook_plugin"]

_ROLE = re.compile(r":([A-Za-z][\w+.-]*(?::[A-Za-z][\w+.-]*)*):(`+)((?:(?!\2).)+)\2(?!`)", re.DOTALL)
_OPENS = re.compile(r"([\[(])(\*\*|~~)")
_CLOSES = re.compile(r"(\*\*|~~)[\])]")
_BRACKETS = {"[": "]", "(": ")"}
_BEGIN_TAB = re.compile(r":begin_tab:`([^`]*)`\s*")
_END_TAB = re.compile(r":end_tab:\s*")
_LABELS = re.compile(r"(?::(?:label|eqlabel|width|height|bibliography):`[^`]+`\s*)+")
_CAPTION = re.compile(r":(?![\w+.-]+:`)(?!:)[ \t]*(?=\S)")
_DELIMITERS = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")


def d2lbook_plugin(md: MarkdownIt) -> None:
    """Teach a Markdown parser the dialect: inline rules and blocks alike.  Add it after all other plugins."""
    if hasattr(md.inline, "add_terminator_char"):
        md.inline.add_terminator_char("(")
    else:
        md.inline.ruler.at("text", _text_before_marks)
    md.inline.ruler.before("backticks", "d2l_role", _role)
    md.inline.ruler.before("backticks", "d2l_mark", _mark)
    md.inline.ruler.before("backticks", "d2l_halfmark", _halfmark)
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list", "footnote_def"]}
    md.block.ruler.before("fence", "d2l_tab", _tab, interrupts)
    md.block.ruler.before("fence", "d2l_label", _label, interrupts)
    md.block.ruler.before("table" if "table" in md.get_active_rules()["block"] else "fence", "d2l_caption", _caption)


# Inline


def _text_before_marks(state: StateInline, silent: bool) -> bool:
    """Plain text up to a parenthesis that may be a mark; for a markdown-it without ``add_terminator_char``."""
    mark = _OPENS.search(state.src, state.pos, state.posMax)
    if mark is None:
        return plain_text(state, silent)
    end, state.posMax = state.posMax, mark.start()
    try:
        return plain_text(state, silent)
    finally:
        state.posMax = end


def _role(state: StateInline, silent: bool) -> bool:
    match = _ROLE.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        token = state.push("d2l_role", "", 0)
        token.meta = {"name": match[1]}
        token.content = match[3]
        token.markup = match[0]
    state.pos = match.end()
    return True


def _mark(state: StateInline, silent: bool) -> bool:
    opens = _OPENS.match(state.src, state.pos, state.posMax)
    if opens is None:
        return False
    end = _end_of_mark(state, opens)
    if end is None:
        return False
    closing = state.src[end : end + 3]
    if not silent:
        after = state.posMax
        token = state.push("d2l_mark_open", "", 1)
        token.markup = opens[0]
        state.pos, state.posMax = opens.end(), end
        state.md.inline.tokenize(state)
        state.posMax = after
        token = state.push("d2l_mark_close", "", -1)
        token.markup = closing
    state.pos = end + 3
    return True


def _end_of_mark(state: StateInline, opens: re.Match[str]) -> int | None:
    """Where the mark closes; ``None`` if it does not, or if it is strong text that begins a parenthesis or a link."""
    start, source, stars = state.pos, state.src, opens[2]
    closing = stars + _BRACKETS[opens[1]]
    depth = 0
    try:
        state.pos = opens.end()
        while state.pos < state.posMax:
            if source.startswith(closing, state.pos) and state.pos + 3 <= state.posMax:
                return None if state.pos == opens.end() or _is_link(source, opens, state.pos + 3) else state.pos
            if stars == "**" and source.startswith("**", state.pos):
                run = state.scanDelims(state.pos, True)
                last = state.pos + run.length - 2
                if source.startswith(closing, last):
                    # Emphasis ends together with the mark: *text***]
                    state.pos = last
                    continue
                if depth and run.can_close:
                    depth -= 1
                elif run.can_close:
                    return None
                else:
                    depth += 1
                state.pos += run.length
            else:
                state.md.inline.skipToken(state)
        return None
    finally:
        state.pos = start


def _is_link(source: str, opens: re.Match[str], end: int) -> bool:
    return opens[1] == "[" and source.startswith("(", end) and not _OPENS.match(source, end)


def _halfmark(state: StateInline, silent: bool) -> bool:
    """A mark whose other end stands in another block: nothing in this one could be its other end."""
    source, pos = state.src, state.pos
    if match := _OPENS.match(source, pos, state.posMax):
        if match[2] in source[match.end() :]:
            return False
    elif match := _CLOSES.match(source, pos, state.posMax):
        if match[1] in source[:pos]:
            return False
    else:
        return False
    if not silent:
        token = state.push("d2l_halfmark", "", 0)
        token.markup = match[0]
    state.pos = match.end()
    return True


# Blocks


def _line(state: StateBlock, line: int) -> str:
    """A line without its indentation."""
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _tab(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    begin = _BEGIN_TAB.fullmatch(_line(state, start))
    if begin is None or state.is_code_block(start):
        return False
    if silent:
        return True
    last = next((line for line in range(start + 1, end) if _ends_tab(_line(state, line))), end)
    closed = last < end and _END_TAB.fullmatch(_line(state, last)) is not None
    token = state.push("d2l_tab_open", "div", 1)
    token.meta = {"tabs": [name.strip() for name in begin[1].split(",")]}
    token.map = [start, last + closed]
    parent, line_max = state.parentType, state.lineMax
    state.parentType, state.lineMax = "d2l_tab", last
    state.md.block.tokenize(state, start + 1, last)
    state.parentType, state.lineMax = parent, line_max
    state.push("d2l_tab_close", "div", -1)
    state.line = last + closed
    return True


def _ends_tab(line: str) -> bool:
    return _END_TAB.fullmatch(line) is not None or _BEGIN_TAB.fullmatch(line) is not None


def _label(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Lines of labels; they end a paragraph only where nothing but labels is left of it."""
    if state.is_code_block(start) or not _LABELS.fullmatch(_line(state, start)):
        return False
    last = start
    while last < end and _LABELS.fullmatch(_line(state, last)):
        last += 1
    if silent:
        return last >= end or state.isEmpty(last)
    for line in range(start, last):
        for role in _ROLE.finditer(_line(state, line)):
            token = state.push("d2l_label", "", 0)
            token.meta = {"name": role[1]}
            token.content = role[3]
            token.map = [line, line + 1]
    state.line = last
    return True


def _caption(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The caption above a table; between the two there may be its label and blank lines."""
    text = _line(state, start)
    mark = _CAPTION.match(text)
    if mark is None or silent or state.is_code_block(start):
        return False
    line = start + 1
    while line < end and (state.isEmpty(line) or _LABELS.fullmatch(_line(state, line))):
        line += 1
    if line + 1 >= end or "|" not in _line(state, line) or not _DELIMITERS.fullmatch(_line(state, line + 1)):
        return False
    state.push("d2l_caption_open", "caption", 1).map = [start, start + 1]
    token = state.push("inline", "", 0)
    token.content = text[mark.end() :].strip()
    token.map = [start, start + 1]
    token.children = []
    state.push("d2l_caption_close", "caption", -1)
    state.line = start + 1
    return True

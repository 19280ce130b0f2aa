r"""How a container writes the text of a unit, and back.

An encoding is a name and a parameter; both stand on the unit.  ``decode`` turns the characters of a unit's span into its
text, ``encode`` writes a text into the same container.

``lines``      a block; the parameter stands before every line but the first (indentation, ``>`` of a quote).
``cell``       a cell of a Markdown table: one line, ``|`` is written as ``\|``.
``rst-title``  a reST title; the parameter is the block's indentation, the adornment, twice if there is one above, and then
               the title's own indentation.
``yaml``       a YAML scalar; the parameter is its quote: nothing, ``'`` or ``"``.
``quoted``     a quoted field of a CSV table: quotes are doubled.
"""

from __future__ import annotations

import json
import re

import yaml
from docutils.utils import column_width

__all__ = ["decode", "encode"]

_MARGIN = re.compile(r"\n[ \t>]*")
_INDENT = re.compile(r"\n[ \t]*")


def decode(raw: str, encoding: str, parameter: str = "") -> str:
    """The text that stands in a container's characters."""
    match encoding:
        case "lines":
            return (_MARGIN if ">" in parameter else _INDENT).sub("\n", raw)
        case "cell":
            return raw.replace("\\|", "|")
        case "rst-title":
            return raw.split("\n")[1 if _overlined(parameter) else 0].strip()
        case "yaml":
            return _value(raw)
        case "quoted":
            return _INDENT.sub("\n", raw).replace('""', '"')
    raise AssertionError(encoding)


def encode(text: str, encoding: str, parameter: str = "") -> str:
    """The characters that write a text in a container."""
    match encoding:
        case "lines":
            return text.replace("\n", "\n" + parameter)
        case "cell":
            return " ".join(text.split("\n")).replace("|", "\\|")
        case "rst-title":
            return _title(" ".join(text.split()), parameter)
        case "yaml":
            return _scalar(" ".join(text.split()), parameter)
        case "quoted":
            return text.replace('"', '""').replace("\n", "\n" + parameter)
    raise AssertionError(encoding)


def _value(raw: str) -> str:
    """The text of a scalar; what is none (a number, a person's half a quotation) is its characters."""
    try:
        value = yaml.safe_load(raw)
    except yaml.YAMLError:
        return raw
    return value if isinstance(value, str) else raw


def _overlined(adornment: str) -> bool:
    return len(adornment.strip(" ")) == 2


def _title(text: str, adornment: str) -> str:
    """A title with its adornment, as long as docutils wants it: East Asian characters are two columns wide."""
    marks = adornment.strip(" ")
    block, _, own = adornment.partition(marks)
    rule = marks[0] * max(column_width(text) + 2 * len(own), 4)
    return f"{rule}\n{block}{own}{text}\n{block}{rule}" if _overlined(adornment) else f"{text}\n{block}{rule}"


def _scalar(text: str, quote: str) -> str:
    if quote == "'":
        return "'" + text.replace("'", "''") + "'"
    if quote == "" and _is_plain(text):
        return text
    return json.dumps(text, ensure_ascii=False)


def _is_plain(text: str) -> bool:
    """Whether a text means itself when it stands unquoted as a value of a block mapping."""
    try:
        return bool(yaml.safe_load(f"- key: {text}") == [{"key": text}])
    except yaml.YAMLError:
        return False

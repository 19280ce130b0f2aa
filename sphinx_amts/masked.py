"""Masked text: the tags that stand for inline codes, and the rules that an answer must keep.

``<1/>`` is a placeholder, ``<2>text</2>`` a pair.  A literal text that looks like a tag is itself masked as a
placeholder (kind ``literal-tag``), so no escaping is ever needed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["TAG", "key", "problem", "renumber", "strip_tags"]

TAG = re.compile(r"<(?P<close>/?)(?P<number>[1-9][0-9]*)(?P<alone>/?)>")
_SPACE = re.compile(r"[ \t\r\n\f\v\u3000]+")


def key(masked: str) -> str:
    """What all look-ups compare: the masked text with runs of white space as one blank, none at the ends."""
    return _SPACE.sub(" ", masked).strip(" ")


def renumber(masked: str, numbers: Mapping[int, int]) -> str:
    """The same text with tag *n* written as tag ``numbers[n]``; a number without entry stays."""

    def write(tag: re.Match[str]) -> str:
        number = int(tag["number"])
        return f"<{tag['close']}{numbers.get(number, number)}{tag['alone']}>"

    return TAG.sub(write, masked)


def strip_tags(masked: str, placeholder: str = "") -> str:
    """The words alone: placeholders become ``placeholder``, the tags of pairs vanish."""
    return TAG.sub(lambda tag: placeholder if tag["alone"] else "", masked)


def problem(source: str, target: str) -> str | None:
    """Why ``target`` may not stand for ``source``, or ``None``: same tags, each once, each inside the same pair."""
    wanted, why = _parents(source)
    if why:
        return f"the source is damaged: {why}"
    found, why = _parents(target)
    if why:
        return why
    for tag, parent in wanted.items():
        if tag not in found:
            return f"{tag} is missing"
        if found[tag] != parent:
            return f"{tag} stands {f'inside {found[tag]}' if found[tag] else 'outside its pair'}"
    for tag in found:
        if tag not in wanted:
            return f"{tag} is not in the source"
    return None


def _parents(masked: str) -> tuple[dict[str, str], str | None]:
    """Each tag of a text with the pair around it; and what is wrong with the tags, if anything."""
    parents: dict[str, str] = {}
    path: list[str] = []
    for tag in TAG.finditer(masked):
        name = f"<{tag['number']}{tag['alone']}>"
        if tag["close"]:
            if tag["alone"] or not path or path[-1] != name:
                return parents, f"{tag[0]} closes nothing"
            path.pop()
        elif name in parents:
            return parents, f"{name} occurs twice"
        else:
            parents[name] = path[-1] if path else ""
            if not tag["alone"]:
                path.append(name)
    return (parents, f"{path[-1]} is never closed") if path else (parents, None)

"""Who sets a text how: one row a language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sphinx_amts.locales import Language

__all__ = ["NARROW", "NO_BREAK", "Ways", "ways_of"]

NO_BREAK, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways of one language; what a language does not have is empty."""

    quotes: tuple[str, str] | None = None
    """How a quotation opens and closes."""
    wide: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """What stands among Chinese and Japanese words in place of half-width punctuation."""
    arabic: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """What stands behind Arabic words in place of Latin punctuation."""
    no_break: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """The space before a mark, and inside of guillemets."""
    asks: str = ""
    """Words that surely begin a question, where questions have an opening mark; alternatives of a pattern."""
    exclaims: str = ""
    """The same for exclamations."""
    rtl: bool = False
    """Whether it runs from right to left."""


_WIDE = {",": "，", ".": "。", ":": "：", ";": "；", "?": "？", "!": "！", "(": "（", ")": "）"}
_ARABIC = {",": "،", ";": "؛", "?": "؟"}
_GUILLEMETS, _LOW, _ENGLISH, _CORNERS = ("«", "»"), ("„", "“"), ("“", "”"), ("「", "」")
_FRENCH = (f"«{NO_BREAK}", f"{NO_BREAK}»")
_ASKS = "Qué|Quién(?:es)?|Cuál(?:es)?|Cómo|Cuándo|Cuánt[oa]s?|Dónde|Por qué|Para qué"

# The language's code in our table of languages, or Sphinx's code of one of its countries.
_ROWS: dict[str, Ways] = {
    "ar": Ways(_GUILLEMETS, arabic=_ARABIC, rtl=True),
    "bg": Ways(_LOW),
    "ca": Ways(_GUILLEMETS),
    "cs": Ways(_LOW),
    "de": Ways(_LOW),
    "el": Ways(_GUILLEMETS),
    "es": Ways(_GUILLEMETS, asks=_ASKS, exclaims="Qué|Cuánt[oa]s?|Cómo"),
    "et": Ways(_LOW),
    "fa": Ways(_GUILLEMETS, arabic=_ARABIC, rtl=True),
    "fi": Ways(("”", "”")),
    "fr": Ways(_FRENCH, no_break={";": NARROW, "!": NARROW, "?": NARROW, ":": NO_BREAK, "«": NO_BREAK}),
    "fr_CA": Ways(_FRENCH, no_break={":": NO_BREAK, "«": NO_BREAK}),
    "gl": Ways(_GUILLEMETS),
    "he": Ways(rtl=True),
    "hr": Ways(("„", "”")),
    "hu": Ways(("„", "”")),
    "is": Ways(_LOW),
    "it": Ways(_GUILLEMETS),
    "ja": Ways(_CORNERS, wide={**_WIDE, ",": "、"}),
    "ko": Ways(_ENGLISH),
    "lt": Ways(_LOW),
    "nl": Ways(_ENGLISH),
    "no": Ways(_GUILLEMETS),
    "pl": Ways(("„", "”")),
    "ps": Ways(_GUILLEMETS, arabic=_ARABIC, rtl=True),
    "pt": Ways(_GUILLEMETS),
    "pt_BR": Ways(_ENGLISH),
    "ro": Ways(("„", "”")),
    "ru": Ways(_GUILLEMETS),
    "sk": Ways(_LOW),
    "sl": Ways(_LOW),
    "sv": Ways(("”", "”")),
    "tr": Ways(_ENGLISH),
    "uk": Ways(_GUILLEMETS),
    "ur": Ways(_ENGLISH, arabic={**_ARABIC, ".": "۔"}, rtl=True),
    "yue": Ways(_CORNERS, wide=_WIDE),
    "zh": Ways(_ENGLISH, wide=_WIDE),
    "zh_HK": Ways(_CORNERS, wide=_WIDE),
    "zh_TW": Ways(_CORNERS, wide=_WIDE),
}


def ways_of(language: Language) -> Ways | None:
    """The ways of a language, of its country where that has its own; ``None`` where nothing is known."""
    base = re.split("[_@]", language.sphinx, maxsplit=1)[0]
    return _ROWS.get(language.sphinx) or _ROWS.get({"nb": "no"}.get(base, base))

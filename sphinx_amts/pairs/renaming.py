"""One word in place of another, wherever it stands in prose.

Where blanks part words, a word is replaced as a whole, and with a capital where it had one.  Law: to replace twice is to
replace once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sphinx_amts.errors import ConfigError
from sphinx_amts.pairs.termbase import LETTER

__all__ = ["Renaming"]

_MOST = 6


@dataclass(frozen=True, slots=True)
class Renaming:
    """``old`` becomes ``new``; raises ConfigError where that cannot be, or would never end."""

    old: str
    new: str
    _pattern: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("old", "new"):
            object.__setattr__(self, name, " ".join(getattr(self, name).split()))
        if not self.old or not self.new:
            raise ConfigError("a word can only be replaced by another one, and one of the two is empty")
        pattern = f"(?P<old>{_pattern(self.old)})"
        if re.search(pattern, self.new):
            pattern = f"(?P<new>{_pattern(self.new)})|{pattern}"  # what was replaced before is left alone
        object.__setattr__(self, "_pattern", re.compile(pattern))
        self.apply(self.new + self.new)

    def apply(self, text: str) -> tuple[str, int]:
        """The text, and how many times something was replaced in it."""
        places = 0
        for _ in range(_MOST):
            found = sum(match["old"] is not None for match in self._pattern.finditer(text))
            changed = self._pattern.sub(self._written, text)
            if changed == text:
                return text, places
            text, places = changed, places + found
        raise ConfigError(f"to replace {self.old!r} by {self.new!r} makes new places to replace, without end")

    def _written(self, match: re.Match[str]) -> str:
        if match["old"] is None or match["old"] == self.new:
            return match[0]
        if _is_word(self.old) and match["old"][0] != self.old[0]:
            return self.new[0].swapcase() + self.new[1:] if self.new[0].islower() == self.old[0].islower() else self.new
        return self.new


def _is_word(text: str) -> bool:
    """Whether the case of its first letter says only where it stands: not so of an abbreviation."""
    return text[0].swapcase() != text[0] and len(text[0].swapcase()) == 1 and text[1:] == text[1:].lower()


def _pattern(text: str) -> str:
    """A word as a whole, on one line or on two."""
    first, *rest = (re.escape(part) for part in text.split(" "))
    if _is_word(text):
        first = f"[{text[0]}{text[0].swapcase()}]{re.escape(text[1:].partition(' ')[0])}"
    pattern = r"\s+".join([first, *rest])
    begin = f"(?<!{LETTER})" if re.match(LETTER, text) else ""
    end = f"(?!{LETTER})" if re.search(rf"{LETTER}\Z", text) else ""
    return begin + pattern + end

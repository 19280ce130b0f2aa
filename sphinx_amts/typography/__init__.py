"""A language's own ways to set a text: quotes, the width of punctuation, no-break spaces, marks of direction.

``typeset`` dresses what a machine wrote.  It changes blanks and punctuation, never a letter or a digit.  Pairs are looked
through and placeholders are left alone, with the blanks beside them.

Laws: set twice is set once; the tags are the same, in the same order; letters and digits are the same.

1. ``languages`` is the table of who does what; to add a language, add its row there.
2. ``rules`` has one generator a rule.
3. ``edits`` makes a rule's edits of the words in the masked text around them.
"""

from __future__ import annotations

from collections.abc import Collection

from sphinx_amts.locales import Language
from sphinx_amts.typography.edits import edited
from sphinx_amts.typography.languages import ways_of
from sphinx_amts.typography.rules import BY_NAME, RULES

__all__ = ["RULES", "typeset"]

_ROUNDS = 20


def typeset(masked: str, language: Language, chosen: bool | Collection[str] = True) -> str:
    """The masked text as its language is set.

    ``chosen`` names rules; ``True`` stands for all but ``BY_NAME``, on which people of one language disagree.
    """
    ways = ways_of(language)
    if ways is None or not chosen:
        return masked
    rules = [rule for name, rule in RULES.items() if (name not in BY_NAME if chosen is True else name in chosen)]
    seen = masked
    # A quote that has become a Chinese one may show that the comma behind it is Chinese too.  What does not settle stays.
    for _ in range(_ROUNDS):
        before = seen
        for rule in rules:
            seen = edited(seen, rule, ways)
        if seen == before:
            return seen
    return masked

"""What Apertium's dictionaries have for a word that must not be translated: stand-ins, by language.

A stand-in keeps the grammar around it right.  After *the* or *of*, and where a sentence begins, a name reads as a code
does; elsewhere a word that no dictionary knows does less harm.  A term stands as a noun of its gender and number, so that
articles and adjectives agree with it.  To teach a language, add it to the tables; without a row, words that are unknown
stand in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Nouns", "noun", "stand_in"]


@dataclass(frozen=True, slots=True)
class Nouns:
    """Words of a source language that its dictionary has in one meaning only."""

    name: str
    """Of a place."""
    before: frozenset[str]
    """Articles, pronouns and prepositions, behind which the name is taken for a noun."""
    by_gender: Mapping[str, str]
    """A noun for each gender and number that its translation may have: ``m``, ``f``, ``mp``, ``fp``."""


_ENGLISH = """
    a an the this that these those each every any some no another its their his her our your my
    of in on at by for with from to into onto over under between through within without about as like than via per
    """
_SPANISH = """
    un una el la los las lo este esta estos estas ese esa cada cualquier algún alguna ningún ninguna otro otra su sus
    de del en a al por para con desde hasta sobre bajo entre sin según como mediante
    """
_NOUNS: Mapping[str, Nouns] = {
    "eng": Nouns(
        "London",
        frozenset(_ENGLISH.split()),
        {"m": "method", "f": "city", "mp": "methods", "fp": "cities"},
    ),
    "spa": Nouns(
        "Londres",
        frozenset(_SPANISH.split()),
        {"m": "método", "f": "ciudad", "mp": "métodos", "fp": "ciudades"},
    ),
}
# Ends of Spanish nouns: what is neither is masculine.
_FEMININE = tuple("a ión ion dad tud red tri triz sis base clase serie imagen imágen variable".split())
_MASCULINE = tuple("ema grama oma mapa día".split())
_SINGULAR = re.compile(r"(?<=[dn])es$|ces$|s$")
_SMALL = frozenset("de del a al la el los las en con por para sin y o".split())


def stand_in(language: str, before: str, number: int) -> str:
    """What stands for code ``number`` behind the word ``before`` (empty where the sentence begins)."""
    nouns = _NOUNS.get(language)
    is_name = nouns is not None and (not before or before.lower() in nouns.before)
    return nouns.name if nouns and is_name else f"XPH{number}X"


def noun(source: str, target: str, term: str, number: int) -> str:
    """What stands for a term whose translation is ``term``."""
    nouns = _NOUNS.get(source)
    return nouns.by_gender[_gender(term, target)] if nouns else f"XPH{number}X"


def _gender(term: str, language: str) -> str:
    """Gender and number of a term, read off the end of its first word that is no preposition."""
    head = next((word for word in term.lower().split() if word not in _SMALL), "")
    is_plural = head.endswith("s") and len(head) > 3 and not head.endswith(("sis", "us"))
    one = _SINGULAR.sub("", head) if is_plural else head
    is_feminine = language == "spa" and one.endswith(_FEMININE) and not one.endswith(_MASCULINE)
    return f"{'f' if is_feminine else 'm'}{'p' if is_plural else ''}"

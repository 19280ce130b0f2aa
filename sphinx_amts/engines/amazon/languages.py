"""Amazon's codes for a pair of languages, and what it can be asked in which of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_amts.errors import EngineError

if TYPE_CHECKING:
    from sphinx_amts.engines.amazon.options import Options
    from sphinx_amts.locales import Language

__all__ = ["FORMALITY", "codes", "settings"]

FORMALITY = frozenset(["de", "es", "es-MX", "fr", "fr-CA", "hi", "it", "ja", "ko", "nl", "pt-PT"])
"""The target languages in which a reader can be addressed formally or informally."""


def codes(source: Language, target: Language) -> tuple[str, str]:
    """Amazon's codes of both; raises EngineError, which names the language, where it has none or they are the same."""
    one, other = _code(source), _code(target)
    if one == other:
        raise EngineError(f"to Amazon Translate, {source.code!r} and {target.code!r} are the same language")
    return one, other


def _code(language: Language) -> str:
    if language.amazon is None:
        forms = " or ".join(language.choices)
        hint = f"Choose {forms}." if forms else "Choose another engine for this language."
        raise EngineError(f"Amazon Translate does not have {language.name} ({language.code})", hint=hint)
    return language.amazon


def settings(options: Options, target: str) -> dict[str, str]:
    """What Amazon calls Settings, for a target language by its code."""
    return {"Formality": options.formality} if options.formality and target in FORMALITY else {}

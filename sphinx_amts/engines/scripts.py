"""The scripts that languages are written in, where there is no doubt about it."""

from __future__ import annotations

import re

__all__ = ["of"]

_LETTERS = {
    "Arab": "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
    "Armn": "\u0531-\u058f",
    "Beng": "\u0980-\u09ff",
    "Cyrl": "\u0400-\u052f",
    "Deva": "\u0900-\u097f",
    "Ethi": "\u1200-\u139f",
    "Geor": "\u10a0-\u10ff\u1c90-\u1cbf",
    "Grek": "\u0370-\u03ff\u1f00-\u1fff",
    "Gujr": "\u0a80-\u0aff",
    "Hang": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af",
    "Hani": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    "Hebr": "\u0590-\u05ff\ufb1d-\ufb4f",
    "Jpan": "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    "Knda": "\u0c80-\u0cff",
    "Latn": "A-Za-z\u00c0-\u024f\u1e00-\u1eff",
    "Mlym": "\u0d00-\u0d7f",
    "Sinh": "\u0d80-\u0dff",
    "Taml": "\u0b80-\u0bff",
    "Telu": "\u0c00-\u0c7f",
    "Thai": "\u0e00-\u0e7f",
}
_LANGUAGES = {
    "Arab": "ar fa ps ur",
    "Armn": "hy",
    "Beng": "bn",
    "Cyrl": "be bg mk ru uk",
    "Deva": "hi mr ne",
    "Ethi": "am",
    "Geor": "ka",
    "Grek": "el",
    "Gujr": "gu",
    "Hang": "ko",
    "Hani": "zh yue",
    "Hebr": "he iw",
    "Jpan": "ja",
    "Knda": "kn",
    "Latn": "af ca cs cy da de en es et eu fi fr ga gl hr hu id is it lt lv ms nb nl nn no pl pt ro sk sl sq sv sw tl "
    "tr vi",
    "Mlym": "ml",
    "Sinh": "si",
    "Taml": "ta",
    "Telu": "te",
    "Thai": "th",
}
_NAMED = {"hans": "Hani", "hant": "Hani", "kore": "Hang", "latin": "Latn", "cyrillic": "Cyrl"}
_SCRIPT = {language: script for script, languages in _LANGUAGES.items() for language in languages.split()}
_PATTERN = {script: re.compile(f"[{letters}]") for script, letters in _LETTERS.items()}


def of(code: str) -> re.Pattern[str] | None:
    """A pattern for one letter of the script of a language (``zh_CN``, ``sr@latin``, ``zh-Hant``).

    ``None`` where the language is unknown here or is written in several scripts and its code names none.
    """
    language, *others = re.split(r"[-_@]", code.lower())
    for part in others:
        script = _NAMED.get(part, part.capitalize())
        if script in _PATTERN:
            return _PATTERN[script]
        if len(part) == 4 and part.isalpha():
            return None
    return _PATTERN.get(_SCRIPT.get(language, ""))

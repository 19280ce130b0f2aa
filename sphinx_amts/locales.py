"""Languages: the one table of their codes, and what each tool calls them.

A book, Sphinx, Amazon Translate, the sentence splitter and the BLEU tokenizer each have their own code for a
language.  To add a language, add a row to ``_ROWS``; add its first code to ``_UNSPACED`` or ``_RTL`` where that is so.
"""

from __future__ import annotations

import difflib
import functools
import re
from dataclasses import dataclass

from sphinx_amts.errors import ConfigError

__all__ = ["Language", "language", "same"]


@dataclass(frozen=True, slots=True)
class Language:
    """What the tools call one language."""

    code: str
    """The code as the user or the book gives it: ``zh``, ``zh_CN``, ``pt_BR``."""
    sphinx: str
    """Sphinx's code, for its configuration value ``language``: ``zh_CN``."""
    amazon: str | None
    """Amazon Translate's code, or ``None``: not supported, or to be chosen from ``choices``."""
    splitter: str
    """The language whose rules split its sentences: ``zh``."""
    bleu: str
    """sacreBLEU's tokenizer: ``zh``, ``ja-mecab``, ``ko-mecab`` or ``13a``."""
    name: str
    """The name that its readers use: ``简体中文``."""
    spaced: bool = True
    """Whether blanks stand between words and sentences."""
    rtl: bool = False
    """Whether it is written from right to left."""
    choices: tuple[str, ...] = ()
    """The codes to choose from where Amazon's is ambiguous: ``pt_BR`` and ``pt_PT`` for ``pt``."""

    @property
    def tag(self) -> str:
        """What HTML calls it: ``zh-CN``, ``sr-Latn``."""
        return self.sphinx.replace("@latin", "-Latn").replace("@", "-").replace("_", "-")

    @property
    def direction(self) -> str:
        """HTML's word for the direction in which it is written."""
        return "rtl" if self.rtl else "ltr"


# Codes of the language (the first is its own, the rest are other spellings of it), Sphinx's code, Amazon Translate's
# code or "-", its name.  Of two codes that Sphinx ships for one language, its column has the one that is translated.
_ROWS: tuple[tuple[str, str, str, str], ...] = (
    ("af", "af", "af", "Afrikaans"),
    ("am", "am", "am", "አማርኛ"),
    ("ar", "ar", "ar", "العربية"),
    ("az", "az", "az", "Azərbaycanca"),
    ("bg", "bg", "bg", "Български"),
    ("bn", "bn", "bn", "বাংলা"),
    ("bs", "bs", "bs", "Bosanski"),
    ("ca", "ca", "ca", "Català"),
    ("ca@valencia", "ca@valencia", "ca", "Català (valencià)"),
    ("cak", "cak", "-", "Kaqchikel"),
    ("cs", "cs", "cs", "Čeština"),
    ("cy", "cy", "cy", "Cymraeg"),
    ("da", "da", "da", "Dansk"),
    ("de de_DE", "de", "de", "Deutsch"),
    ("el", "el", "el", "Ελληνικά"),
    ("en en_US", "en", "en", "English"),
    ("en_DE", "en_DE", "en", "English (Germany)"),
    ("en_FR", "en_FR", "en", "English (France)"),
    ("en_GB", "en_GB", "en", "English (United Kingdom)"),
    ("en_HK", "en_HK", "en", "English (Hong Kong)"),
    ("eo", "eo", "-", "Esperanto"),
    ("es es_ES", "es", "es", "Español"),
    ("es_CO", "es_CO", "es", "Español (Colombia)"),
    ("es_MX", "es_MX", "es-MX", "Español (México)"),
    ("et", "et", "et", "Eesti"),
    ("eu", "eu", "-", "Euskara"),
    ("fa", "fa", "fa", "فارسی"),
    ("fa_AF prs", "fa_AF", "fa-AF", "دری"),
    ("fi", "fi", "fi", "Suomi"),
    ("fr fr_FR", "fr", "fr", "Français"),
    ("fr_CA", "fr_CA", "fr-CA", "Français (Canada)"),
    ("ga", "ga", "ga", "Gaeilge"),
    ("gl", "gl", "-", "Galego"),
    ("gu", "gu", "gu", "ગુજરાતી"),
    ("ha", "ha", "ha", "Hausa"),
    ("he iw", "he", "he", "עברית"),
    ("hi hi_IN", "hi", "hi", "हिन्दी"),
    ("hr", "hr", "hr", "Hrvatski"),
    ("ht", "ht", "ht", "Kreyòl ayisyen"),
    ("hu", "hu", "hu", "Magyar"),
    ("hy", "hy", "hy", "Հայերեն"),
    ("id", "id", "id", "Bahasa Indonesia"),
    ("is", "is", "is", "Íslenska"),
    ("it", "it", "it", "Italiano"),
    ("ja", "ja", "ja", "日本語"),
    ("ka", "ka", "ka", "ქართული"),
    ("kk", "kk", "kk", "Қазақ тілі"),
    ("km", "km", "-", "ភាសាខ្មែរ"),
    ("kn", "kn", "kn", "ಕನ್ನಡ"),
    ("ko", "ko", "ko", "한국어"),
    ("lo", "lo", "-", "ລາວ"),
    ("lt", "lt", "lt", "Lietuvių"),
    ("lv", "lv", "lv", "Latviešu"),
    ("mk", "mk", "mk", "Македонски"),
    ("ml", "ml", "ml", "മലയാളം"),
    ("mn", "mn", "mn", "Монгол"),
    ("mr", "mr", "mr", "मराठी"),
    ("ms", "ms", "ms", "Bahasa Melayu"),
    ("mt", "mt", "mt", "Malti"),
    ("my", "my", "-", "မြန်မာ"),
    ("ne", "ne", "-", "नेपाली"),
    ("nl", "nl", "nl", "Nederlands"),
    ("no nb nb_NO no_NO", "nb_NO", "no", "Norsk bokmål"),
    ("pa", "pa", "pa", "ਪੰਜਾਬੀ"),
    ("pl", "pl", "pl", "Polski"),
    ("ps", "ps", "ps", "پښتو"),
    ("pt", "pt", "-", "Português"),
    ("pt_BR", "pt_BR", "pt", "Português (Brasil)"),
    ("pt_PT", "pt_PT", "pt-PT", "Português (Portugal)"),
    ("ro", "ro", "ro", "Română"),
    ("ru", "ru", "ru", "Русский"),
    ("si", "si", "si", "සිංහල"),
    ("sk", "sk", "sk", "Slovenčina"),
    ("sl", "sl", "sl", "Slovenščina"),
    ("so", "so", "so", "Soomaali"),
    ("sq", "sq", "sq", "Shqip"),
    ("sr sr_RS sr_Cyrl", "sr", "sr", "Српски"),
    ("sr@latin sr_Latn sr_Latn_RS", "sr@latin", "-", "Srpski (latinica)"),
    ("sv", "sv", "sv", "Svenska"),
    ("sw", "sw", "sw", "Kiswahili"),
    ("ta", "ta", "ta", "தமிழ்"),
    ("te", "te", "te", "తెలుగు"),
    ("th", "th", "th", "ไทย"),
    ("tl fil", "tl", "tl", "Filipino"),
    ("tr", "tr", "tr", "Türkçe"),
    ("uk uk_UA", "uk_UA", "uk", "Українська"),
    ("ur", "ur", "ur", "اردو"),
    ("uz", "uz", "uz", "Oʻzbekcha"),
    ("vi", "vi", "vi", "Tiếng Việt"),
    ("yue", "yue", "-", "粵語"),
    ("zh zh_CN zh_Hans zh_Hans_CN zh_SG cmn", "zh_CN", "zh", "简体中文"),
    ("zh_HK zh_Hant_HK zh_MO", "zh_HK", "zh-TW", "繁體中文（香港）"),
    ("zh_TW zh_Hant zh_Hant_TW zh_TW.Big5", "zh_TW", "zh-TW", "繁體中文"),
)
_UNSPACED = frozenset({"ja", "km", "lo", "my", "th", "yue", "zh"})
_RTL = frozenset({"ar", "fa", "he", "ps", "ur"})
_CHOICES = {"pt": ("pt_BR", "pt_PT")}
_BLEU = {"ja": "ja-mecab", "ko": "ko-mecab", "yue": "zh", "zh": "zh"}
_SPLITTER = {"yue": "zh"}
# Countries that are often taken for their languages.
_COUNTRIES = {
    "br": "pt_BR",
    "cn": "zh_CN",
    "cz": "cs",
    "dk": "da",
    "gb": "en_GB",
    "gr": "el",
    "in": "hi",
    "jp": "ja",
    "kr": "ko",
    "se": "sv",
    "tw": "zh_TW",
    "ua": "uk",
    "us": "en_US",
    "vn": "vi",
}
_REGION = re.compile(r"_(?:[a-z]{2}|[0-9]{3})")


def _spelling(code: str) -> str:
    """A code in the one spelling that the table is searched by."""
    return code.strip().replace("-", "_").lower()


_BY_CODE = {_spelling(code): row for row in _ROWS for code in row[0].split()}


def language(code: str) -> Language:
    """The language of a code, in any case, with ``_`` or ``-``.

    A region that the table does not have (``de_AT``) gives the language without it, under Sphinx's code for both.
    Raises ``ConfigError``, which names similar codes, for a code that is not known.
    """
    wanted = _spelling(code)
    found = _BY_CODE.get(wanted)
    if found:
        return _language(code.strip(), *found)
    base = wanted.partition("_")[0]
    found = _BY_CODE.get(base)
    if found and _REGION.fullmatch(wanted, len(base)):
        _, _, amazon, name = found
        region = wanted[len(base) + 1 :].upper()
        return _language(code.strip(), base, f"{base}_{region}", amazon, f"{name} ({region})")
    near = _near(wanted)
    hint = f"Did you mean {' or '.join(near)}?" if near else "Codes look like zh_CN, pt_BR, es."
    raise ConfigError(f"the language {code!r} is not known", hint=hint)


def same(a: str, b: str) -> bool:
    """Whether two codes mean one language to us: ``zh`` is ``zh_CN``, but ``pt`` is neither ``pt_BR`` nor ``pt_PT``.

    Raises ``ConfigError`` for a code that is not known.
    """
    return language(a).sphinx == language(b).sphinx


@functools.lru_cache(maxsize=256)
def _language(code: str, codes: str, sphinx: str, amazon: str, name: str) -> Language:
    base = re.split("[_@ ]", codes, maxsplit=1)[0]
    return Language(
        code=code,
        sphinx=sphinx,
        amazon=None if amazon == "-" else amazon,
        splitter=_SPLITTER.get(base, base),
        bleu=_BLEU.get(base, "13a"),
        name=name,
        spaced=base not in _UNSPACED,
        rtl=base in _RTL,
        choices=_CHOICES.get(sphinx, ()),
    )


def _near(wanted: str) -> list[str]:
    """Known codes like a wrong one: of the country, of the name, of the same language, else by spelling."""
    if wanted in _COUNTRIES:
        return [_COUNTRIES[wanted]]
    named = [row[0].split()[0] for row in _ROWS if wanted == row[3].lower()]
    base = wanted.partition("_")[0]
    related = [code for row in _ROWS for code in row[0].split() if _spelling(code).partition("_")[0] == base]
    alike = [_given(code) for code in difflib.get_close_matches(wanted, _BY_CODE)]
    return (named or related or alike)[:4]


def _given(spelling: str) -> str:
    """A spelling as its row writes it."""
    return next(code for code in _BY_CODE[spelling][0].split() if _spelling(code) == spelling)

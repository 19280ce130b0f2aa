"""What pages say of themselves, in each language.  To add a language, add an entry to ``_WORDINGS``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sphinx_amts.locales import Language

__all__ = ["Wording", "wording"]


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences of one language; ``tag`` is the language's name in HTML."""

    tag: str
    machine: str
    partly: str
    people: str
    behind: str
    untranslated: str
    original: str
    """The text of the link to the source page."""
    languages: str
    """What the links to other languages are called."""


def wording(language: Language) -> Wording:
    """The sentences of a language, or of the language without its region; else those in English."""
    code = _SAME.get(language.sphinx, language.sphinx)
    sentences = _WORDINGS.get(code) or _WORDINGS.get(language.splitter)
    return Wording(language.tag, *sentences) if sentences else Wording("en", *_WORDINGS["en"])


_SAME = {"zh_HK": "zh_TW"}
"""Languages that share the sentences of another one."""

# In the order of the fields of Wording.
_WORDINGS: Mapping[str, tuple[str, str, str, str, str, str, str]] = {
    "ar": (
        "تُرجمت هذه الصفحة آليًا.",
        "تُرجم جزء من هذه الصفحة آليًا.",
        "تَرجم هذه الصفحة مترجمون بشر.",
        "تغيّر الأصل بعد ترجمة هذه الصفحة.",
        "لم تُترجم هذه الصفحة بعد.",
        "اقرأ الأصل",
        "اللغات",
    ),
    "de": (
        "Diese Seite wurde maschinell übersetzt.",
        "Diese Seite wurde teilweise maschinell übersetzt.",
        "Diese Seite wurde von Menschen übersetzt.",
        "Das Original wurde geändert, seit diese Seite übersetzt wurde.",
        "Diese Seite ist noch nicht übersetzt.",
        "Original lesen",
        "Sprachen",
    ),
    "en": (
        "This page was translated by a machine.",
        "This page was partly translated by a machine.",
        "This page was translated by people.",
        "The original has changed since this page was translated.",
        "This page is not translated yet.",
        "Read the original",
        "Languages",
    ),
    "es": (
        "Esta página se ha traducido automáticamente.",
        "Esta página se ha traducido en parte automáticamente.",
        "Esta página la han traducido personas.",
        "El original ha cambiado desde que se tradujo esta página.",
        "Esta página aún no está traducida.",
        "Leer el original",
        "Idiomas",
    ),
    "fa": (
        "این صفحه به‌صورت ماشینی ترجمه شده است.",
        "بخشی از این صفحه به‌صورت ماشینی ترجمه شده است.",
        "این صفحه را مترجمان انسانی ترجمه کرده‌اند.",
        "متن اصلی پس از ترجمهٔ این صفحه تغییر کرده است.",
        "این صفحه هنوز ترجمه نشده است.",
        "خواندن متن اصلی",
        "زبان‌ها",
    ),
    "fr": (
        "Cette page a été traduite automatiquement.",
        "Cette page a été traduite en partie automatiquement.",
        "Cette page a été traduite par des personnes.",
        "L’original a changé depuis la traduction de cette page.",
        "Cette page n’est pas encore traduite.",
        "Lire l’original",
        "Langues",
    ),
    "ja": (
        "このページは機械翻訳です。",
        "このページの一部は機械翻訳です。",
        "このページは人が翻訳しました。",
        "このページの翻訳後に原文が変更されています。",
        "このページはまだ翻訳されていません。",
        "原文を読む",
        "言語",
    ),
    "ko": (
        "이 페이지는 기계 번역되었습니다.",
        "이 페이지의 일부는 기계 번역되었습니다.",
        "이 페이지는 사람이 번역했습니다.",
        "이 페이지가 번역된 뒤에 원문이 변경되었습니다.",
        "이 페이지는 아직 번역되지 않았습니다.",
        "원문 읽기",
        "언어",
    ),
    "pt": (
        "Esta página foi traduzida automaticamente.",
        "Esta página foi traduzida em parte automaticamente.",
        "Esta página foi traduzida por pessoas.",
        "O original mudou desde que esta página foi traduzida.",
        "Esta página ainda não foi traduzida.",
        "Ler o original",
        "Idiomas",
    ),
    "ru": (
        "Эта страница переведена машиной.",
        "Эта страница частично переведена машиной.",
        "Эту страницу перевели люди.",
        "Оригинал изменился после перевода этой страницы.",
        "Эта страница ещё не переведена.",
        "Читать оригинал",
        "Языки",
    ),
    "tr": (
        "Bu sayfa makine tarafından çevrildi.",
        "Bu sayfanın bir kısmı makine tarafından çevrildi.",
        "Bu sayfa insanlar tarafından çevrildi.",
        "Bu sayfa çevrildikten sonra özgün metin değişti.",
        "Bu sayfa henüz çevrilmedi.",
        "Özgün metni oku",
        "Diller",
    ),
    "vi": (
        "Trang này được dịch bằng máy.",
        "Một phần của trang này được dịch bằng máy.",
        "Trang này do con người dịch.",
        "Bản gốc đã thay đổi sau khi trang này được dịch.",
        "Trang này chưa được dịch.",
        "Đọc bản gốc",
        "Ngôn ngữ",
    ),
    "zh": (
        "本页由机器翻译。",
        "本页部分内容由机器翻译。",
        "本页由人工翻译。",
        "本页翻译之后，原文已有改动。",
        "本页尚未翻译。",
        "阅读原文",
        "语言",
    ),
    "zh_TW": (
        "本頁由機器翻譯。",
        "本頁部分內容由機器翻譯。",
        "本頁由人工翻譯。",
        "本頁翻譯之後，原文已有改動。",
        "本頁尚未翻譯。",
        "閱讀原文",
        "語言",
    ),
}

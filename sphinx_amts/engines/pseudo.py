"""Text that looks translated and can still be read: shows what is not translatable, too narrow or cut off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sphinx_amts.engines import Answer, Status
from sphinx_amts.masked import TAG, strip_tags
from sphinx_amts.model import Request

if TYPE_CHECKING:
    from sphinx_amts.locales import Language

__all__ = ["Pseudo", "pseudo"]

_ACCENTS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ȧƀƈḓḗƒɠħīĵķŀḿƞǿƥɋřşŧŭṽẇẋẏẑȦƁƇḒḖƑƓĦĪĴĶĿḾȠǾƤɊŘŞŦŬṼẆẊẎẐ",
)


@dataclass(frozen=True, slots=True)
class Pseudo:
    """Answers every request with its source, accented, longer and in brackets."""

    name: ClassVar[str] = "pseudo"
    translates: ClassVar[bool] = True
    pseudo: ClassVar[bool] = True

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterator[Answer]:
        for request in requests:
            yield Answer(request.id, Status.DONE, pseudo(request.source))


def pseudo(masked: str) -> str:
    """``Read <1>the book</1>.`` becomes ``⟦Řḗȧḓ <1>ŧħḗ ƀǿǿķ</1>. ····⟧``; a text without letters stays as it is.

    Tags, white space at the ends and colons at the end (reST's ``::`` means something) stay where they are.  Neither
    the brackets nor the dots are markup in Markdown or reST.
    """
    if not any(map(str.isalpha, strip_tags(masked))):
        return masked
    start, end = len(masked) - len(masked.lstrip()), len(masked.rstrip().rstrip(":"))
    text, pieces, done = masked[start:end], [], 0
    for tag in TAG.finditer(text):
        pieces += [text[done : tag.start()].translate(_ACCENTS), tag[0]]
        done = tag.end()
    pieces.append(text[done:].translate(_ACCENTS))
    dots = "·" * max(1, round(0.3 * sum(map(str.isalpha, strip_tags(text)))))
    return f"{masked[:start]}⟦{''.join(pieces)} {dots}⟧{masked[end:]}"

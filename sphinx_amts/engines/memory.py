"""The engine that is none: only what the translation memory knows is translated.  It needs no network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sphinx_amts.engines import Answer, Status
from sphinx_amts.model import Request

if TYPE_CHECKING:
    from sphinx_amts.locales import Language

__all__ = ["Memory"]


@dataclass(frozen=True, slots=True)
class Memory:
    """Has nothing for any request: memory was asked before, and what it does not know stays untranslated."""

    name: ClassVar[str] = "memory"
    translates: ClassVar[bool] = False

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterator[Answer]:
        for request in requests:
            yield Answer(request.id, Status.NONE)

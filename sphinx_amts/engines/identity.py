"""The target is the source: what a sync changes with this engine, it must not change with any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sphinx_amts.engines import Answer, Status
from sphinx_amts.model import Request

if TYPE_CHECKING:
    from sphinx_amts.locales import Language

__all__ = ["Identity"]


@dataclass(frozen=True, slots=True)
class Identity:
    """Answers every request with its own source."""

    name: ClassVar[str] = "identity"
    translates: ClassVar[bool] = True
    pseudo: ClassVar[bool] = True

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterator[Answer]:
        for request in requests:
            yield Answer(request.id, Status.DONE, request.source)

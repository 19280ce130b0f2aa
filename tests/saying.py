"""An engine that says what a test wants, what it is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sphinx_amts.engines import Answer, Status
from sphinx_amts.locales import Language, language
from sphinx_amts.model import Request

EN, ES, ZH = language("en"), language("es"), language("zh")


class Saying:
    """An engine of ten lines that says what a test wants."""

    name = "saying"
    translates = True

    def __init__(self, says: Callable[[Sequence[Request]], Any]) -> None:
        self.says = says

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Any:
        return self.says(requests)


def requests(*sources: str) -> list[Request]:
    return [Request(str(number), source) for number, source in enumerate(sources, 1)]


def done(*targets: str) -> Iterator[Answer]:
    for number, target in enumerate(targets, 1):
        yield Answer(str(number), Status.DONE, target)

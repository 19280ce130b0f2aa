"""An engine as the translator of the emulator: it learns from the parallel data of a job, as Amazon Translate does.

The emulator knows nothing of engines; whoever starts it gives it this.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from sphinx_amts import engines
from sphinx_amts.emulator.examples import Examples
from sphinx_amts.emulator.placing import placed, plain
from sphinx_amts.emulator.translator import PseudoTranslator, Task, Translated
from sphinx_amts.engines import Customised, Engine, Status
from sphinx_amts.errors import AmtsError
from sphinx_amts.locales import Language, language
from sphinx_amts.model import Request

__all__ = ["EngineTranslator"]


class EngineTranslator:
    """Translates with the engine ``name``; where it has no answer, words become other letters.

    Raises ConfigError for an engine that is not known.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._letters = PseudoTranslator()
        self._taught: dict[tuple[str, str], tuple[Examples, Engine]] = {}
        self._one_by_one = threading.Lock()
        engines.create(name, {})

    def __call__(self, text: str, marks: Mapping[str, str], task: Task) -> Translated:
        """Translate a paragraph as one; its tags stand as far on as they do in the source."""
        request = Request("1", plain(text, marks).strip())
        try:
            source, target = language(task.source), language(task.target)
            with self._one_by_one:
                engine = self._engine(task, source, target)
                (answer,) = engines.checked(engine, [request], source, target)
        except AmtsError:
            return self._letters(text, marks, task)
        if answer.status is not Status.DONE:
            return self._letters(text, marks, task)
        start, end = len(text) - len(text.lstrip()), max(len(text) - len(text.lstrip()), len(text.rstrip()))
        return Translated(f"{text[:start]}{placed(answer.target, text[start:end], marks)}{text[end:]}")

    def _engine(self, task: Task, source: Language, target: Language) -> Engine:
        """One for each pair of languages, taught with the examples that it was last asked with."""
        pair = task.source, task.target
        examples, engine = self._taught.get(pair, (None, None))
        if engine is None or examples is not task.examples:
            engine = engines.create(self._name, {})
            if isinstance(engine, Customised) and task.examples.pairs:
                for _ in engine.learn(task.examples.pairs.items, source, target):
                    pass
            self._taught[pair] = task.examples, engine
        return engine

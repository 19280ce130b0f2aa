"""A book about pooling layers, translated by an engine that has a word for them."""

from __future__ import annotations

from pathlib import Path

from book import Engine, SmallBook, chinese

from sphinx_amts.locales import language
from sphinx_amts.pairs.termbase import Termbase
from sphinx_amts.pairs.terminology import Term

PAGE = """# Pooling layers

The pooling layer is fast. See [pooling](https://example.org/pooling) and `pooling` for $pooling$.

```python
pooling = 1
```

- **Pooling** wins.

> Max-pooling quotes
> pooling again.
"""
RST = """Pooling layers
==============

The pooling layer is fast.  See `pooling <https://example.org/pooling>`_ and ``pooling``.

.. code-block:: python

   pooling = 1

- **Pooling** wins.

========  =====
Pooling   Other
========  =====
A         B
========  =====
"""


def speaks(masked: str) -> str:
    """Chinese without sense, in which pooling has a word."""
    return chinese(masked).replace(chinese("pooling"), "池化").replace(chinese("Pooling"), "池化")


def pooling_book(folder: Path) -> SmallBook:
    """The book in MyST and in reST, synced."""
    book = SmallBook(folder, {"index.md": PAGE, "other.rst": f":orphan:\n\n{RST}"})
    book.sync(Engine(speaks))
    return book


def found(text: str, *terms: str, source: str = "en") -> list[str]:
    return list(Termbase([Term(term, "x") for term in terms], language(source), language("zh")).found(text))


def lacks(target: str, *translations: str, code: str = "zh", term: str = "term") -> bool:
    terms = [Term(term, translation) for translation in translations]
    return Termbase(terms, language("en"), language(code)).lacks(term, target)

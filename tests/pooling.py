"""A book about pooling layers, translated by an engine that has a word for them."""

from __future__ import annotations

from pathlib import Path

from book import Engine, SmallBook, chinese

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

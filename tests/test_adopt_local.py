"""Where a translation differs from its source on purpose, it is local: it stays, and what changes beside it arrives."""

from __future__ import annotations

from pathlib import Path

import pytest
from book import Engine, SmallBook

from sphinx_amts.cli import main
from sphinx_amts.engines.pseudo import pseudo

SOURCE = """# Tensors

A tensor has the shape $n \\times m$, see [the manual](https://example.org/en).

```{.python .input}
#@tab mxnet
x = np.arange(12)
```

```{.python .input}
#@tab pytorch
x = torch.arange(12)
print(x, "a tensor")
```

```{.python .input}
#@tab tensorflow
x = tf.range(12)
```

:begin_tab:`pytorch`
Torch has it in `torch`.
:end_tab:

The end is `near`.
"""
TARGET = """# 张量

张量的形状为$m \\times n$，参见[手册](https://example.org/zh)。

```{.python .input}
#@tab mxnet
x = np.arange(12)
```

```{.python .input}
#@tab pytorch
x = torch.arange(12)
print(x, "一个张量")
```

```{.python .input}
#@tab tensorflow
x = tf.range(12)
```

```{.python .input}
#@tab paddle
x = paddle.arange(12)
```

:begin_tab:`pytorch`
Torch在`torch`中。
:end_tab:

终点就在`眼前`。
"""


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    """A translation for another framework, with links and formulas of its own, that was adopted."""
    small = SmallBook(tmp_path, {"index.md": SOURCE, "config.ini": "[project]\nname = book\n"}, conf="")
    small.set_target("index.md", TARGET)
    assert main(["adopt", str(small.source), str(small.locale), "-l", "zh"]) == 0
    return small


@pytest.mark.parametrize(
    ("old", "new", "target"),
    [
        ("torch.arange(12)", "torch.arange(24)", "torch.arange(24)"),
        ("tf.range(12)", "tf.range(24)", "tf.range(24)"),
        ("#@tab mxnet\nx = np", "#@tab mxnet\nnpx.set_np()\nx = np", "#@tab mxnet\nnpx.set_np()\nx = np"),
        ("print(x, ", "print(2 * x, ", "print(2 * x, "),
    ],
)
def test_a_change_of_another_tab_or_line_arrives_beside_what_is_local(
    book: SmallBook, old: str, new: str, target: str
) -> None:
    book.change("index.md", old, new)
    engine = Engine(pseudo)
    result = book.sync(engine)
    assert (engine.asked, result.findings) == ([], [])
    assert book.target("index.md") == TARGET.replace(old, target)


def test_a_new_tab_arrives_and_the_local_one_stays(book: SmallBook) -> None:
    jax = "```{.python .input}\n#@tab jax\nx = jnp.arange(12)\n```\n\n"
    book.change("index.md", ":begin_tab:`pytorch`", f"{jax}:begin_tab:`pytorch`")
    assert book.sync("pseudo").findings == []
    target = book.target("index.md")
    assert target.count(jax) == target.count("#@tab paddle\nx = paddle.arange(12)\n") == 1
    assert target.replace(jax, "") == TARGET


def test_a_tab_that_goes_takes_no_local_one_along(book: SmallBook) -> None:
    mxnet = "```{.python .input}\n#@tab mxnet\nx = np.arange(12)\n```\n\n"
    book.change("index.md", mxnet, "")
    assert book.sync("pseudo").findings == []
    assert book.target("index.md") == TARGET.replace(mxnet, "")


def test_other_links_and_formulas_stay_until_their_own_source_changes(book: SmallBook) -> None:
    book.change("index.md", "The end is", "The very end is")
    result = book.sync("pseudo")
    assert result.segments["stale"] == 1
    assert book.target("index.md") == TARGET

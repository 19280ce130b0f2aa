"""What a translation may have mended in its book."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from book import CONF, SmallBook, speaks_chinese

from sphinx_amts.cli import main

PAGE = """# Title

There are 12 of them, and $x_1$ is `one`. Nothing else.

```{code-block} python
beta = 0.9  # the discount factor
print("hello")
same = 1
```
"""


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallBook:
    monkeypatch.chdir(tmp_path)
    book = SmallBook(tmp_path, {"index.md": PAGE}, conf=CONF)
    book.sync(speaks_chinese())
    return book


def listed(book: SmallBook, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    assert main(["backports", str(book.source), "-l", "zh"]) == 0
    return capsys.readouterr().out.splitlines()


def test_a_translation_that_only_translates_has_none(book: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    book.edit("index.md", '# the discount factor\nprint("hello")', '# 贴现因子\nprint("你好")')
    lines = book.target("index.md").split("\n")
    lines[2] = "它们有 12 个，$x_1$ 是 `one`。没有别的 3 个。"
    book.set_target("index.md", "\n".join(lines))
    assert listed(book, capsys) == []


def test_what_people_changed_is_listed_with_both_places(book: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    book.edit("index.md", "beta = 0.9  # the", "\nbeta = 0.96  # the")
    lines = book.target("index.md").split("\n")
    lines[2] = "它们有 13 个，$x_2$ 是 `two`。没有别的。"
    book.set_target("index.md", "\n".join(lines))
    assert listed(book, capsys) == [
        "book/index.md:3: number: 12 -> 13 (locale/zh/index.md:3)",
        "book/index.md:3: math: $x_1$ -> $x_2$ (locale/zh/index.md:3)",
        "book/index.md:3: literal: `one` -> `two` (locale/zh/index.md:3)",
        "book/index.md:6: code: beta = 0.9  # the discount factor -> beta = 0.96  # the discount factor (locale/zh/index.md:7)",
    ]
    assert main(["backports", str(book.source), "-l", "zh", "--json", "-"]) == 0
    (first, *_) = json.loads(capsys.readouterr().out)["languages"]["zh"]
    assert first == {
        "path": "index.md",
        "source_line": 3,
        "target_line": 3,
        "kind": "number",
        "source": "12",
        "target": "13",
    }

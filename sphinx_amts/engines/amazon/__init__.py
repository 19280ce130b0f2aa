"""Amazon Translate: batch jobs customised with parallel data, and the real-time call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sphinx_amts.engines.amazon.options import Options
from sphinx_amts.engines.options import fault_of, typed
from sphinx_amts.errors import ConfigError

__all__ = ["configured"]


def configured(values: Mapping[str, Any]) -> Options:
    """The options that a book sets in ``amts_amazon``.

    Raises ``ConfigError`` for one that is unknown, of the wrong type, or of a value that Amazon would refuse.
    """
    values = typed(Options, values)
    if fault := fault_of(Options, values):
        raise ConfigError(f"amts_amazon: {fault}")
    return Options(**values)

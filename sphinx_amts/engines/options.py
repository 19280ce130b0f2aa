"""An engine's options are the parameters of its class: names, types and defaults are read from there."""

from __future__ import annotations

import difflib
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["fault_of", "known_to", "typed"]

_WORDS = {"0": False, "1": True, "false": False, "true": True}


def known_to(kind: Callable[..., Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the options that ``kind`` takes."""
    known = _parameters(kind)
    return {name: value for name, value in options.items() if known is None or name in known}


def typed(kind: Callable[..., Any], options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options, of which texts from a command line are made what ``kind`` takes."""
    known = _parameters(kind) or {}
    return {name: _typed(value, known[name][0]) if name in known else value for name, value in options.items()}


def _typed(value: object, hint: Any) -> object:
    if not isinstance(value, str) or _fits(value, hint):
        return value
    if value.lower() in _WORDS and _fits(True, hint):
        return _WORDS[value.lower()]
    for kind in (int, float):
        try:
            number = kind(value)
        except ValueError:
            continue
        if _fits(number, hint):
            return number
    return value


def fault_of(kind: Callable[..., Any], options: Mapping[str, Any]) -> str | None:
    """Why ``kind(**options)`` cannot be called: the option, its type, and the nearest name; or ``None``.

    The value of an option is never part of the answer: it may be a secret.
    """
    known = _parameters(kind)
    if known is None:
        return None
    for name, value in options.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            listed = ", ".join(known) if known else "none"
            return f"there is no option {name!r}{meant} (options: {listed})"
        hint, _ = known[name]
        if not _fits(value, hint):
            return f"the option {name!r} must be {_spelled(hint)}, not {type(value).__name__}"
    for name, (hint, needed) in known.items():
        if needed and name not in options:
            return f"the option {name!r} ({_spelled(hint)}) is missing"
    return None


def _parameters(kind: Callable[..., Any]) -> dict[str, tuple[Any, bool]] | None:
    """Each option with its type and whether it is needed; ``None`` if the class takes anything."""
    parameters = _signature(kind).parameters.values()
    if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters):
        return None
    return {
        one.name: (_known(one.annotation), one.default is inspect.Parameter.empty)
        for one in parameters
        if one.kind in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    }


def _signature(kind: Callable[..., Any]) -> inspect.Signature:
    """The parameters of a class; their types only where they can be evaluated."""
    try:
        return inspect.signature(kind, eval_str=True)
    except (NameError, AttributeError, TypeError, SyntaxError):
        # An engine may import its types for type checkers alone: then the names are checked, not the types.
        return inspect.signature(kind)


def _known(annotation: Any) -> Any:
    return Any if isinstance(annotation, str) or annotation is inspect.Parameter.empty else annotation


def _fits(value: object, hint: Any) -> bool:
    """Whether a value is of a type.  A type that is not understood here fits everything."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, one) for one in arguments)
    if origin is typing.Literal:
        return value in arguments
    if origin in (list, set, frozenset) or (origin is tuple and arguments[1:] == (...,)):
        return isinstance(value, origin) and all(_fits(one, arguments[0]) for one in value)
    if origin is not None:
        return not isinstance(origin, type) or isinstance(value, origin)
    if hint is None:
        return value is None
    if hint is Any or not isinstance(hint, type):
        return True
    if isinstance(value, bool):
        return hint in (bool, object)
    wider: dict[type, tuple[type, ...]] = {float: (int, float), Path: (str, Path)}
    return isinstance(value, wider.get(hint, (hint,)))


def _spelled(hint: Any) -> str:
    """A type as it is written in Python."""
    return hint.__name__ if isinstance(hint, type) and not typing.get_args(hint) else str(hint).replace("typing.", "")

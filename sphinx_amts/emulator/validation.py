"""The constraints of botocore's service model: required members, types, lengths, patterns and enumerations.

botocore itself checks only the first two and minimum lengths; the service checks all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import botocore.session

from sphinx_amts.emulator.errors import ServiceError

__all__ = ["blobs", "check"]

_SPACES = " \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "timestamp": (int, float, datetime),
    "blob": (bytes, bytearray),
    "list": (list, tuple),
    "structure": (dict,),
    "map": (dict,),
}


@cache
def _model() -> Any:
    return botocore.session.Session().get_service_model("translate")


def check(operation: str, parameters: Mapping[str, Any]) -> None:
    """Raise ValidationException where parameters break a constraint, with AWS's wording."""
    faults = list(_faults(_model().operation_model(operation).input_shape, parameters, ""))
    if faults:
        number = f"{len(faults)} validation error{'s' if len(faults) > 1 else ''} detected"
        raise ServiceError("ValidationException", f"{number}: {'; '.join(faults)}")


def blobs(operation: str) -> list[tuple[str, ...]]:
    """The paths of the members of an operation's input that JSON carries in base64."""
    if operation not in _model().operation_names:
        return []
    return list(_blobs(_model().operation_model(operation).input_shape, ()))


def _blobs(shape: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if shape.type_name == "blob":
        yield path
    elif shape.type_name == "structure":
        for name, member in shape.members.items():
            yield from _blobs(member, (*path, name))


def _faults(shape: Any, value: Any, where: str) -> Iterator[str]:
    if not _is_of_type(shape, value):
        yield f"Value at '{where}' failed to satisfy constraint: Member must be a {shape.type_name}"
    elif shape.type_name == "structure":
        for name, member in shape.members.items():
            at = f"{where}.{_small(name)}".lstrip(".")
            if value.get(name) is not None:
                yield from _faults(member, value[name], at)
            elif name in shape.required_members:
                yield f"Value null at '{at}' failed to satisfy constraint: Member must not be null"
    else:
        for rule in _broken(shape, value):
            shown = f"Value '{str(value)[:100]}' " if shape.type_name == "string" else "Value "
            yield f"{shown}at '{where}' failed to satisfy constraint: Member must {rule}"
        if shape.type_name == "list":
            for number, entry in enumerate(value, start=1):
                yield from _faults(shape.member, entry, f"{where}.{number}.member")


def _is_of_type(shape: Any, value: Any) -> bool:
    return isinstance(value, _TYPES[shape.type_name]) and (shape.type_name == "boolean" or not isinstance(value, bool))


def _broken(shape: Any, value: Any) -> Iterator[str]:
    limits = shape.metadata
    is_number = shape.type_name in {"integer", "long"}
    if shape.type_name in {"string", "list", "blob", "integer", "long"}:
        measure = value if is_number else len(value)
        what = "have value" if is_number else "have length"
        if measure < limits.get("min", measure):
            yield f"{what} greater than or equal to {limits['min']}"
        # The text of TranslateText has an error of its own, by bytes.
        if measure > limits.get("max", measure) and shape.name != "BoundedLengthString":
            yield f"{what} less than or equal to {limits['max']}"
    if shape.type_name == "string":
        if "pattern" in limits and shape.name != "BoundedLengthString" and not _fits(limits["pattern"], value):
            yield f"satisfy regular expression pattern: {limits['pattern']}"
        if "enum" in limits and value not in limits["enum"]:
            yield f"satisfy enum value set: [{', '.join(limits['enum'])}]"


@cache
def _pattern(java: str) -> re.Pattern[str]:
    """A pattern of Java's in Python's terms, as far as the model uses them."""
    python = java.replace(r"[\P{M}\p{M}]", r"[\s\S]").replace(r"\p{ASCII}", r"[\x00-\x7f]")
    return re.compile(python.replace(r"\p{L}", r"\w").replace(r"\p{Z}", _SPACES).replace(r"\p{N}", ""))


def _fits(java: str, value: str) -> bool:
    return _pattern(java).fullmatch(value) is not None


def _small(name: str) -> str:
    return name[:1].lower() + name[1:]

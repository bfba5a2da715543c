"""Read a TOML declaration into a checked model, with every mistake named at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

import tomlkit
from pydantic import BaseModel, ConfigDict, ValidationError

from takeup.record.errors import DeclarationError
from takeup.record.nearest import did_you_mean


class Declaration(BaseModel):
    """A part of a declaration file: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


D = TypeVar("D", bound=Declaration)


def read_toml(path: Path) -> dict[str, Any]:
    """The raw contents of a TOML file. Raises DeclarationError where it is absent or broken."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise DeclarationError(str(path), ["there is no such file"]) from None
    except IsADirectoryError:
        raise DeclarationError(str(path), ["this is a folder, not a TOML file"]) from None
    except UnicodeDecodeError:
        raise DeclarationError(str(path), ["not UTF-8 text; save it as UTF-8"]) from None
    return read_toml_text(text, str(path))


def read_toml_text(text: str, where: str) -> dict[str, Any]:
    """The raw contents of TOML text. Raises DeclarationError where it is broken."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DeclarationError(where, [f"not valid TOML: {error}"]) from None


def declare(model: type[D], contents: dict[str, Any], where: str) -> D:
    """`contents` checked against `model`. Raises DeclarationError with every mistake."""
    try:
        return model.model_validate(contents)
    except ValidationError as error:
        raise DeclarationError(where, [_sentence(e, model) for e in error.errors()]) from None


def toml_text(text: str) -> str:
    """A text as TOML writes it, in the quotes that need no escaping where there are such."""
    literal = '"' in text and "'" not in text and text.isprintable()
    return str(tomlkit.string(text, literal=literal).as_string())


def toml_key(name: str) -> str:
    """A name as a key of TOML, in quotes where it needs them."""
    return str(tomlkit.key(name).as_string())


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Two declarations as one: tables are put together, lists joined, and `other` holds for the rest."""
    found = dict(one)
    for key, value in other.items():
        before = found.get(key)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            found[key] = merged(before, value)
        elif isinstance(before, list) and isinstance(value, list):
            found[key] = [*before, *(v for v in value if v not in before)]
        else:
            found[key] = value
    return found


def _sentence(error: Any, model: type[BaseModel]) -> str:
    place = ".".join(str(part) for part in error["loc"]) or "file"
    if error["type"] == "extra_forbidden":
        near = did_you_mean(str(error["loc"][-1]), _keys_at(model, error["loc"][:-1]))
        return f"{place} is not a key takeup knows{near or '; check the spelling or remove it'}"
    if error["type"] == "missing":
        return f"{place} is missing; add it"
    given = error.get("input")
    shown = "" if isinstance(given, dict) else f" (given: {given!r})"
    message = error["msg"].removeprefix("Value error, ")
    return f"{place}: {message[0].lower()}{message[1:]}{shown}"


def _keys_at(model: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """The keys that a declaration has at a place within it."""
    here: Any = model
    for part in place:
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = here.model_fields.get(str(part))
            here = _model_in(field.annotation) if field else None
    return list(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else []


def _model_in(annotation: Any) -> Any:
    """The declaration that an annotation holds: itself, or in a list, a table of names or an option."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for part in get_args(annotation) if (m := _model_in(part)) is not None), None)

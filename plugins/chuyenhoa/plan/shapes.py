"""How the nouns of `model` are written in a plan's files: each is declared there, its limits stand here."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import MISSING, fields
from datetime import date
from typing import Annotated, Any, Generic, Literal, TypeVar, cast, get_type_hints

import pydantic
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field
from pydantic_core import CoreSchema

Noun = TypeVar("Noun")
OTHER_WINDOW = r"preceding|previous_year|average[2-9]|fixed\.[a-z0-9_]+"
TERM = rf"^-?((baseline|{OTHER_WINDOW})\.)?[A-Z][A-Z0-9_]*$"
# An e-mail address, as far as a slip of the hand shows.
ADDRESS = r"[^@\s,;]+@[^@\s,;]+"
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
Names = Annotated[list[Name], Field(min_length=1), AfterValidator(tuple)]
Texts = Annotated[list[Text], Field(min_length=1), AfterValidator(tuple)]
TermText = Annotated[str, Field(pattern=TERM)]
Terms = Annotated[list[TermText], Field(min_length=1)]
AgainstText = Annotated[str, Field(pattern=rf"^(same_window|{OTHER_WINDOW})$")]
Types = Annotated[list[Annotated[int, Field(ge=1, le=4)]], Field(min_length=1)]
# Read as a list first: people write lists, so the message says "list", and a type written twice can be seen.
TypeSet = Annotated[Types, AfterValidator(frozenset)]
StatusText = Literal["verified", "unverified"]
BlankDate = Annotated[date | None, BeforeValidator(lambda value: value or None)]


class Strict(BaseModel):
    """No field but those named, and no outer blanks."""

    model_config = pydantic.ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


class Row(BaseModel):
    """A CSV row; a plan's tables may carry more columns than the pipeline needs."""

    model_config = pydantic.ConfigDict(extra="ignore", str_strip_whitespace=True, frozen=True)


def _split_aliases(value: object) -> object:
    """`a|b` becomes a tuple; a blank cell is no alias at all, a blank between two strokes is an empty one."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split("|")) if value.strip() else ()
    return value


Aliases = Annotated[tuple[str, ...], BeforeValidator(_split_aliases)]


class Shape(Generic[Noun]):
    """How one dataclass of the model is written in a plan's files.

    Its fields, types and defaults are those of the dataclass; a text without a default must not be empty.

    Args:
        noun: the dataclass.
        base: `Strict` for YAML, `Row` for CSV.
        build: puts the noun together where the file says it in other fields; a ValueError of it is a problem.
        leave_out: fields that no file states.
        written: by name, fields that take less than any value of their type, and fields of the file alone. A
            pair `(type, ...)` must be given though the dataclass has a default.
    """

    def __init__(
        self,
        noun: type[Noun],
        base: type[BaseModel] = Strict,
        *,
        build: Callable[..., Noun] | None = None,
        leave_out: Collection[str] = (),
        **written: Any,
    ) -> None:
        put_together = build or noun
        hints = get_type_hints(noun)
        definitions: dict[str, Any] = {}
        for field in fields(noun):  # type: ignore[arg-type]
            if field.name not in leave_out:
                has_default = field.default is not MISSING
                plain = Text if hints[field.name] is str and not has_default else hints[field.name]
                definitions[field.name] = (plain, field.default if has_default else ...)
        for name, kind in written.items():
            if isinstance(kind, Shape):
                kind = Annotated[object, kind]  # a noun inside a noun, as the signatory inside the board
            default = definitions[name][1] if name in definitions else ...
            definitions[name] = kind if isinstance(kind, tuple) else (kind, default)
        self._entry = pydantic.create_model(noun.__name__, __base__=base, **definitions)
        self._type: object = Annotated[self._entry, AfterValidator(lambda entry: put_together(**dict(entry)))]
        self._adapter = pydantic.TypeAdapter[Noun](cast("type[Noun]", self._type))

    def __get_pydantic_core_schema__(self, _: object, handler: pydantic.GetCoreSchemaHandler) -> CoreSchema:
        """Lets `Annotated[Board, BOARD]` be a field of another entry."""
        return handler.generate_schema(self._type)

    @property
    def columns(self) -> list[str]:
        """The columns that a CSV file of such entries must have."""
        known = self._entry.model_fields.items()
        return [field.alias or name for name, field in known if field.is_required()]

    def read(self, data: object) -> Noun:
        """The noun that raw data states.

        Raises:
            ValidationError: everything that is wrong with it, each with its path.
        """
        return self._adapter.validate_python(data)

"""The building blocks of all entries in a plan's files: strict models and the texts they allow."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

OTHER_WINDOW = r"preceding|previous_year|average[2-9]|fixed\.[a-z0-9_]+"
TERM = rf"^-?((baseline|{OTHER_WINDOW})\.)?[A-Z][A-Z0-9_]*$"
ADDRESS = r"[^@\s,;]+@[^@\s,;]+"
"""An e-mail address, as far as a slip of the hand shows."""
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
TermText = Annotated[str, Field(pattern=TERM)]
Terms = Annotated[list[TermText], Field(min_length=1)]
AgainstText = Annotated[str, Field(pattern=rf"^(same_window|{OTHER_WINDOW})$")]
Types = Annotated[list[Annotated[int, Field(ge=1, le=4)]], Field(min_length=1)]
Standing = Literal["verified", "unverified"]
DirectionText = Literal["at_least", "at_most", "less_than", "more_than", "equal"]
BlankDate = Annotated[date | None, BeforeValidator(lambda value: value or None)]


class Strict(BaseModel):
    """No field but those named, and no outer blanks."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


class Row(BaseModel):
    """A CSV row; a plan's tables may carry more columns than the pipeline needs."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, frozen=True)


def _split_aliases(value: object) -> object:
    """`a|b` becomes a tuple; a blank cell is no alias at all, a blank between two strokes is an empty one."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split("|")) if value.strip() else ()
    return value


Aliases = Annotated[tuple[str, ...], BeforeValidator(_split_aliases)]

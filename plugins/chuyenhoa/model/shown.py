"""Text of others as we show it: nothing in it turns the direction of writing, moves a cursor or hides."""

from __future__ import annotations

import unicodedata

_KEPT = "\n\t"
_DROPPED = frozenset({"Cc", "Cf", "Cs"})
_LINE_ENDS = str.maketrans({"\u2028": "\n", "\u2029": "\n", "\x85": "\n"})


def show_plainly(text: str) -> str:
    """The text without control signs, signs of direction (`exe.cod` seen as `doc.exe`), invisible signs."""
    if text.isprintable():
        return text
    lines = text.translate(_LINE_ENDS)
    return "".join(sign for sign in lines if sign in _KEPT or unicodedata.category(sign) not in _DROPPED)


def finalize(value: object) -> object:
    """`show_plainly` for what a page puts in; text that is HTML already was put together from such."""
    return show_plainly(value) if type(value) is str else value

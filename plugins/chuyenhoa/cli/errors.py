"""Errors of the caller (exit code 2), kept apart from our own faults (3)."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from pathlib import Path

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


class UnusableError(Exception):
    """A file, folder or word of the caller's that cannot be used; the text says which, and what would do."""


def read_given_file(path: Path) -> bytes:
    """The bytes of a file that the caller named.

    Raises:
        UnusableError: there is no such file, or it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnusableError(f"{path}: {error.strerror}") from error


def explain_os_error(error: OSError, places: Iterable[Path]) -> str:
    """What is wrong with a place that the caller chose; empty when the error is about none of them."""
    if error.errno in _FULL:
        return f"{error.filename or 'The data folder'}: {error.strerror}. Make room, or choose another place."
    if error.filename is None:
        return ""
    path = Path(str(error.filename)).absolute()
    for place in places:
        if path.is_relative_to(place) or place.is_relative_to(path):
            return f"{place}: cannot be used ({path}: {error.strerror}). Check that it is yours to write to."
    return ""

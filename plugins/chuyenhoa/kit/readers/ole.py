"""Opens a compound file (OLE2), the container of .xls, .doc and of encrypted files, without trusting it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO

import olefile


class BrokenCompoundError(ValueError):
    """The container does not hold what its tables say."""


@dataclass(frozen=True)
class Compound:
    """The directory of a compound file; a stream is put together when it is asked for."""

    file: olefile.OleFileIO
    top: Collection[str]
    """Names of the streams and storages at the top: they tell what the file is."""
    names: Collection[str]
    """Names of all streams and storages: they tell what is embedded in it."""

    def read(self, name: str) -> bytes:
        """The bytes of a stream at the top.

        Raises:
            BrokenCompoundError: there is no such stream, or its chain of sectors is broken.
        """
        entry = self.file.root.kids_dict.get(name.lower())
        if entry is None:
            raise BrokenCompoundError(f"no stream {name}")
        data: bytes = self.file.openstream(name).read()
        if len(data) < entry.size:
            raise BrokenCompoundError("a chain of sectors that ends too early")
        # olefile reads as many sectors as the size asks for, even where a chain comes back to itself.
        table = self.file.minifat if entry.is_minifat else self.file.fat
        seen: set[int] = set()
        sector = entry.isectStart
        while sector < len(table):
            if sector in seen:
                raise BrokenCompoundError("a chain of sectors that comes back to itself")
            seen.add(sector)
            sector = table[sector]
        return data


def open_compound(content: bytes) -> Compound:
    """Read the tables and the directory.

    Raises:
        BrokenCompoundError: they cannot be read.
    """
    try:
        file = olefile.OleFileIO(BytesIO(content))
        paths = file.listdir(streams=True, storages=True)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise BrokenCompoundError(f"no compound file: {error}") from error
    names = frozenset(name for path in paths for name in path)
    return Compound(file, frozenset(path[0] for path in paths), names)

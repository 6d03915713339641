"""Who issues documents: the steering committee, and the agency that keeps its office."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Signatory:
    """The signature block of Decree 30/2020: capacity, office above the name, name."""

    capacity: str
    office: str
    name: str


@dataclass(frozen=True)
class StandingAgency:
    """The agency that keeps the board's office and signs submissions and letters of its own."""

    parent: str
    name: str
    short_name: str
    symbol: str
    """What stands behind the slash and the type, as `CAT-PV01` in `12/TTr-CAT-PV01`."""
    head: str
    """The signatory's office in running text, as in "Giám đốc Công an tỉnh"."""
    signatory: Signatory
    deputy: Signatory
    recipients: tuple[str, ...]
    is_sample: bool
    """Whether it was not compared with an official text."""


@dataclass(frozen=True)
class Board:
    """The steering committee that issues the documents."""

    parent: str
    name: str
    short_name: str
    standing_agency: str
    province: str
    place: str
    symbol: str
    """The abbreviation in a document's symbol, as in `121/KH-BCĐ`."""
    signatory: Signatory
    deputy: Signatory
    """The block over the name of anybody else, who signs for the signatory; its name is empty."""
    recipients: tuple[str, ...]
    agency: StandingAgency
    contact: str = ""

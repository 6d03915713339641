"""Files on their way in: found, taken into the archive and the ledger, unpacked."""

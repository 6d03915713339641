"""What the pipeline remembers: the ledger of files, figures in force, assessments and documents."""

from chuyenhoa.store import office_tables as office_tables  # its tables must be known before a store opens
from chuyenhoa.store.engine import Migration, MissingStoreError, Store, StoreError, migrate_store, open_store

__all__ = ["Migration", "MissingStoreError", "Store", "StoreError", "migrate_store", "open_store"]

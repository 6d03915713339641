"""What the pipeline remembers: the ledger of files, figures in force, assessments and documents."""

from chuyenhoa.store.engine import Migration, MissingStoreError, Store, StoreError, migrate_store, open_store

__all__ = ["Migration", "MissingStoreError", "Store", "StoreError", "migrate_store", "open_store"]

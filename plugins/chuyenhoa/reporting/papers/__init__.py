"""The contexts of the papers beside the two reports: one module a document."""

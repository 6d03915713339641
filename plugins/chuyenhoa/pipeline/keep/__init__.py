"""Audit of what is kept, and the store rebuilt from the archive."""

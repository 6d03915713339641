"""Sheets of declarations, texts and justifications."""

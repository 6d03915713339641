"""Sheets of words: declarations, narratives and justifications, of our form or found by their headings."""

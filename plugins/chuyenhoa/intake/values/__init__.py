"""What one cell holds: a number, a date, a word for nothing, personal data."""

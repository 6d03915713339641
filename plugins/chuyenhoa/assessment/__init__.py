"""Verdicts on criteria, groups, localities and the province: exact, explained, without input or output."""

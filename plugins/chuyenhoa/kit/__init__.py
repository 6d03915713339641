"""Mechanisms that know nothing of the programme and import nothing of it."""

"""Criterion results and verdicts, and the records of localities."""

"""Mail to submitters and the office."""

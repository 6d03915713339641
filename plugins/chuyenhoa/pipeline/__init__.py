"""Joins the rooms, a function per task: ids in, ids out, and the same outcome however often it is called."""

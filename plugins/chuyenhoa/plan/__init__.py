"""Loads a plan folder into model objects, with errors that name file, line and what is wrong."""

"""Reads tables that are not our form: found by labels, with localities by name, however they are laid out."""

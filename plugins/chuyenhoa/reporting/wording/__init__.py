"""Sentences, numbers and tables as official documents write them."""

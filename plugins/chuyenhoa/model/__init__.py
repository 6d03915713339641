"""The nouns of the programme: frozen dataclasses on the standard library alone, no input or output."""

"""Tables of figures, with or without the codes of the form: where they stand and what they say."""

"""Vietnamese text: normal forms, old encodings, syllables, numbers in words, dates and numbers."""

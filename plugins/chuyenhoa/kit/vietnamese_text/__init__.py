"""Vietnamese text: normal forms, old encodings, numbers in words, how dates and numbers are written."""

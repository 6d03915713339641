"""The template doctor: finds what is wrong in a Word template."""

"""A context filled into a Word template, with traced figures and charts."""

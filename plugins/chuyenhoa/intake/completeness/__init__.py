"""The gate of completeness: what stands in the grid against what was read; nothing is passed over silently.

`regions` knows which cells of a sheet its tables account for, `numbers` counts the others, `texts` looks at
words beside and below tables and at comments, `copies` at sheets that repeat the form's own.
"""

"""Tables of figures: those of our form, and those that people made themselves.

form_tables, form_rows       the form: found by its code row; which locality a row speaks of
form_columns                 what the form's head says beside its codes; when labels say more than codes
figures                      reads the form's sheets of figures, and one cell for whoever found it
view, table_header           a free table: its sheet, upright or on its side, and its head
header_labels, vocabulary    what headings mean: windows, units, sections, indicators
free_tables, free_rows       free tables found by their labels; which locality a row speaks of
columns, free_figures        which columns of a free table are read, and the figures in them
gazetteer                    which unit a name means
totals, stated_percentages   what a table says about itself, compared with its figures
"""

"""Office Open XML packages (.docx, .xlsx): parsed safely, read within bounds, written reproducibly."""

"""People's own CSV files: the one place where one is read and any is written.

A table is read as text, cell by cell, and checked before anything is computed; the checks collect
`Problem` rows, so that a person sees all that is wrong at once.  Row numbers are those of a
spreadsheet: the header is row 1, the first data row is row 2, and they are the index of the table.
"""

from zbanalysis.data.csvfiles._cells import numbers, one_of, refuse, years
from zbanalysis.data.csvfiles._read import read_table
from zbanalysis.data.csvfiles._write import write_table

__all__ = ["numbers", "one_of", "read_table", "refuse", "write_table", "years"]

"""A person's own city: a new data folder with an entry form, and the filled form read into it.

`folder.create` makes the folder, `form.form` the workbook, `intake.take_in` reads a filled one.
"""

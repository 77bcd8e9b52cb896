"""Tables in files of any spreadsheet program: read row by row, whatever they are about, and written with marks."""

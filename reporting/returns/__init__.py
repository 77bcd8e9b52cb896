"""The Department's monthly client return: read, checked by its rules, drawn from the portal's rows, written."""

"""Lists for Excel: what a list shows, in the caller's scope and with its filters, as a file.

The columns of what can be imported are those of the import (`registry.imports.layouts`), so that an exported list is
changed in Excel and imported again.
"""

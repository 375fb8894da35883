"""Lists as files for Excel: `columns` say what is shown, `files.answer` sends it, `writing` makes the bytes.

`cells` and `inert` are also used where files are read, in a process of its own (decision 0030): they import the
standard library only.
"""

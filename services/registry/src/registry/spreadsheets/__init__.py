"""Lists from and for Excel: reading and checking files of any origin, writing files that open well.

Knows nothing of the registry's slices; each declares its columns (`columns.Layout`).
"""

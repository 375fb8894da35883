"""Lists from and for Excel: reading and checking files of any origin, writing files that open well.

Knows nothing of the registry's slices; each declares its columns (`columns.Layout`, with `kinds` and `choices`).
Writing is `shared.sheets`, for the lists of other services too.

- In: `uploads.spool` -> `reading.open_table` -> `mapping.find_header` -> `mapping.suggest_mapping` or `choose_mapping`
  -> `checking.Checker`. Errors about the whole file are in `errors`, those about cells in `problems`.
- Out: `shared.sheets`; `salutations`.
- `extraction`, `formats`, `workbooks` and `delimited` run in a process of their own and import neither FastAPI
  nor the database (`docs/decisions/0030`).
"""

"""Who may call what: one row a route, from which the tests of all roles and docs/access-table.md are made."""

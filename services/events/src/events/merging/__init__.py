"""Two entries of the registry that became one."""

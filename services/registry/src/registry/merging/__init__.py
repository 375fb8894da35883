"""Two entries of the directory that are the same become one."""

"""The search over everything that the directory knows. How it works and why: docs/decisions/0031."""

"""Certificates of conduct that were inspected (§ 72a SGB VIII)."""

"""Minutes: notes while the meeting happens, decisions, approval, versions, and the version for everybody."""

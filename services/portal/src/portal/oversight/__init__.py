"""Pages for officers who answer for data protection: the audit log, retention, the register of processing."""

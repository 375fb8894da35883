"""Who agreed to get mails about new meetings, and those mails."""

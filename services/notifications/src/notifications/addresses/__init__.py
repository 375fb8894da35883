"""Changes of email addresses: mails to the new one and to the old one."""

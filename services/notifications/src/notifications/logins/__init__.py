"""Login links: mails that somebody waits for, with secrets that are of use for minutes."""

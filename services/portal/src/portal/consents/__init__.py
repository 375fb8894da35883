"""What people agree to: their own page, the staff's page of somebody, and the links of mails."""

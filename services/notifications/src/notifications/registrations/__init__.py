"""Mails about registrations for meetings, to those who registered and to the planners."""

"""Agendas, minutes and tasks of meetings: prepared and written by a network, read by everybody without names."""

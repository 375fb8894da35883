"""Who saw or changed which personal data: an append-only log, each entry chained to the one before by its hash."""

from shared.audit.entries import record, record_list

__all__ = ["record", "record_list"]

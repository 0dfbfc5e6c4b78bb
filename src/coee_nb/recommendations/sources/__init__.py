"""Readers of the lists auditors publish: one module a format, all giving the same table."""

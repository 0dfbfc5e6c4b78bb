"""Audit recommendations: files in, an event log, the register on any date, its aging."""

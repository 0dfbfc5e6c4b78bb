"""Transactions, every line of every file accounted for: loading, checks, monthly totals."""

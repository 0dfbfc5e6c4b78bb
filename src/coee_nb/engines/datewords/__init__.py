"""Dates and periods as prose writes them."""

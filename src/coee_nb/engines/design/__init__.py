"""Estimates from a sample's design: percentages, their intervals, comparisons."""

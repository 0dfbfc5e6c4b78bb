"""Fits of one linear model with autocorrelated errors: from design matrix to estimate."""

"""What may be printed: cells and how they add up, what to suppress, the attack on it."""

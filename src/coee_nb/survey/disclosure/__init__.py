"""What may be printed: cells and how they add up, the plan of what to hide, the attack on it."""

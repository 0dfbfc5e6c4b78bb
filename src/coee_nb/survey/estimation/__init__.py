"""Numbers of the survey: rates, items, intervals, designs, comparisons, non-response."""

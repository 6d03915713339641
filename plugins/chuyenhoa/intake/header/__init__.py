"""What a file says of itself: plan, period, submitter, edition, and whose figures it holds."""

"""What the office decides on drafts, and the numbers that issued documents carry."""

"""From stored results to issued documents."""

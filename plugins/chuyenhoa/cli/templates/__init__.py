"""The `templates` command: checks and previews of the Word templates, and the guide to their fields."""

"""The frozen data of one milestone."""

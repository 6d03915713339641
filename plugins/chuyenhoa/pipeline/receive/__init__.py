"""From a dropped file to its answer: read, validate, decide, store, answer."""

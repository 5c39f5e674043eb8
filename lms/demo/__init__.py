"""Demo data, with which `make run` fills an empty store."""

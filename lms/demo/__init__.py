"""The demo catalogue: what an empty store is filled with under `make run`."""

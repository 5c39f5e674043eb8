"""An app of a later release: its documents get other fields in two steps."""

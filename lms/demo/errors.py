class CatalogError(ValueError):
    """A file of the catalog is invalid; the message starts with the file and the line number."""

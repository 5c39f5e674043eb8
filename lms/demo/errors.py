class CatalogueError(ValueError):
    """A catalogue file that cannot be read; its message begins with file and line."""

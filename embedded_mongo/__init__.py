"""
The embedded store: MongoDB's interface over one SQLite file, for one process with several threads.

Mongomock lends the meaning of queries and updates and never holds data; what is here keeps the
documents, finds them by declared indexes, and writes each change to the file before it is answered.
"""

from embedded_mongo.client import EmbeddedClient

__all__ = ["EmbeddedClient"]

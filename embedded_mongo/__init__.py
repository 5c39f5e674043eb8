"""
An embedded document store: MongoDB's API over one SQLite file, for one process with many threads.

mongomock evaluates filters, updates and aggregations. This package stores the documents, maintains
indexes, and commits each write to the file before it is acknowledged.
"""

from embedded_mongo.client import EmbeddedClient

__all__ = ["EmbeddedClient"]

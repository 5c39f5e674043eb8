"""The databases of a store in memory, with the interface that mongomock expects."""

from embedded_mongo.collection_store import CollectionStore
from embedded_mongo.store_file import Contents, StoreFile
from embedded_mongo.transaction import TransactionManager


class ServerStore:
    """All databases of one file."""

    def __init__(self, file: StoreFile):
        self._databases: dict[str, DatabaseStore] = {}
        contents = file.take_contents()
        self.transactions = TransactionManager(file, contents)
        self._load(contents)

    def __getitem__(self, name: str) -> "DatabaseStore":
        with self.transactions.lock:
            if name not in self._databases:
                self._databases[name] = DatabaseStore(self.transactions, name)
            return self._databases[name]

    def __contains__(self, name: str) -> bool:
        return self[name].is_created

    def list_created_database_names(self) -> list[str]:
        with self.transactions.read():
            return [name for name, database in self._databases.items() if database.is_created]

    def _load(self, contents: Contents) -> None:
        collections, documents = contents
        by_number = {}
        for number, database, name, indexes in collections:
            by_number[number] = self[database][name]
            by_number[number].load(number, indexes)
        for number, collection, document in documents:
            by_number[collection].put(number, document)


class DatabaseStore:
    """The collections of one database."""

    def __init__(self, transactions: TransactionManager, name: str):
        self.name = name
        self.transactions = transactions
        self._collections: dict[str, CollectionStore] = {}

    def __getitem__(self, name: str) -> CollectionStore:
        try:
            return self._collections[name]
        except KeyError:
            # `setdefault` is atomic, so that two threads never get different collections.
            collection = CollectionStore(self.transactions, self.name, name)
            return self._collections.setdefault(name, collection)

    def __contains__(self, name: str) -> bool:
        return self[name].is_created

    @property
    def is_created(self) -> bool:
        return any(collection.is_created for collection in list(self._collections.values()))

    def list_created_collection_names(self) -> list[str]:
        with self.transactions.read():
            return [name for name, collection in self._collections.items() if collection.is_created]

    def create_collection(self, name: str) -> CollectionStore:
        with self.transactions.write():
            self[name].create()
        return self[name]

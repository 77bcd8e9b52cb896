"""The embedded server as a Django database engine."""

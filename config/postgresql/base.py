"""Django's PostgreSQL engine, which sends values beside the statement and keeps what comes often planned.

The settings say so (``server_side_binding``, ``prepare_threshold``); what follows from it is here. Why: decision 0096.
"""

from django.db.backends.postgresql import base, operations

MOST_VALUES = 65_535  # of one statement: their number is sent as two bytes
# That a connection keeps planned: pages together have several hundred, and psycopg's hundred would be thrown out before
# they come again.
MOST_PLANS = 1000


class DatabaseOperations(operations.DatabaseOperations):
    def bulk_batch_size(self, fields, objs):
        """As many rows as one statement has values for."""
        return min(len(objs), MOST_VALUES // max(1, len(fields)))


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations

    def get_new_connection(self, conn_params):
        connection = super().get_new_connection(conn_params)
        connection.prepared_max = MOST_PLANS
        return connection

"""The portal's PostgreSQL engine; its first connection starts the embedded server."""

from django.conf import settings

from config import env
from config.embedded.cluster import Cluster, hold
from config.postgresql import base


class DatabaseOperations(base.DatabaseOperations):
    def sql_flush(self, style, tables, *, reset_sequences=False, allow_cascade=False):
        """Deletes the rows of the tables that have some. Giving each of a hundred empty tables new files, as TRUNCATE
        does, takes longer than most tests that ask for it."""
        tables = [table for table in tables if table not in getattr(settings, "FLUSH_KEEPS", ())]
        if reset_sequences or not tables:
            return super().sql_flush(style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade)
        has_rows = " UNION ALL ".join(
            f"SELECT {at} WHERE EXISTS (SELECT FROM {self.quote_name(table)})" for at, table in enumerate(tables)
        )
        with self.connection.cursor() as cursor:
            cursor.execute(has_rows)
            filled = [tables[at] for (at,) in cursor.fetchall()]
        # All of it goes, so no foreign key need be looked at.
        deletes = [f"DELETE FROM {self.quote_name(table)}" for table in filled]
        return ["SET LOCAL session_replication_role = replica", *deletes]


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the embedded server, which runs for as long as any process here has used it."""

    ops_class = DatabaseOperations

    def get_connection_params(self):
        params = super().get_connection_params()
        cluster = Cluster(name=settings.EMBEDDED_POSTGRES, root=env.BASE_DIR)
        return params | {"host": str(cluster.socket_folder), "user": cluster.owner}

    def get_new_connection(self, conn_params):
        hold(Cluster(name=settings.EMBEDDED_POSTGRES, root=env.BASE_DIR))
        return super().get_new_connection(conn_params)

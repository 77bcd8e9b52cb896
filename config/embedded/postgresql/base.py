"""Django's PostgreSQL engine; its first connection starts the embedded server."""

from django.conf import settings
from django.db.backends.postgresql import base

from config import env
from config.embedded.cluster import Cluster, hold


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the embedded server, which runs for as long as any process here has used it."""

    def get_connection_params(self):
        params = super().get_connection_params()
        cluster = Cluster(name=settings.EMBEDDED_POSTGRES, root=env.BASE_DIR)
        return params | {"host": str(cluster.socket_folder), "user": cluster.owner}

    def get_new_connection(self, conn_params):
        hold(Cluster(name=settings.EMBEDDED_POSTGRES, root=env.BASE_DIR))
        return super().get_new_connection(conn_params)

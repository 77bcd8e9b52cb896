"""Another computer, as far as the portal knows: a real web server on this machine that says what a test tells it to."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOCAL = "127.0.0.0/8"


class Outside:
    """``pages[path]`` is what is answered: (status, headers, bytes), or a function (handler) that answers itself."""

    def __init__(self) -> None:
        self.pages = {}
        self.asked = []  # (method, path, headers) of every question, in order
        outside = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outside.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
                self.close_connection = True
                page = outside.pages.get(self.path.partition("?")[0], (404, {}, b"Nothing here"))
                with contextlib.suppress(ConnectionError):  # whoever asked has heard enough
                    if callable(page):
                        page(self)
                    else:
                        self._say(*page)

            do_HEAD = do_POST = do_GET  # noqa: N815 - the library's names

            def _say(self, status, headers, body):
                self.send_response(status)
                for name, value in ({"Content-Length": str(len(body))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.scheme = "http"

    def url(self, path="/courses.xml", host="127.0.0.1"):
        return f"{self.scheme}://{host}:{self.port}{path}"

    def serve(self, path="/courses.xml", body=b"", status=200, **headers):
        """From now on this path answers so. Header names are written with underscores."""
        names = {name.replace("_", "-").title(): value for name, value in headers.items()}
        self.pages[path] = (status, names, body.encode() if isinstance(body, str) else body)
        return self.url(path)


@contextlib.contextmanager
def running(*, wrap=None) -> Iterator[Outside]:
    """A server that runs until the block ends; ``wrap`` is an SSL context for one that speaks https."""
    outside = Outside()
    if wrap is not None:
        outside.server.socket = wrap.wrap_socket(outside.server.socket, server_side=True)
        outside.scheme = "https"
    thread = threading.Thread(target=outside.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield outside
    finally:
        outside.server.shutdown()
        outside.server.server_close()
        thread.join(5)

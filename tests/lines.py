"""A network line that a test can cut: a small proxy between a browser and a site."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_PIECE = 1 << 16
# Closing with this set sends a reset, as a router does that forgot the connection.
_RESET = struct.pack("ii", 1, 0)


class Line(socketserver.ThreadingTCPServer):
    """Passes bytes on, until a connection has carried `cut_after` of them towards the site."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, site: str) -> None:
        host, _, port = site.removeprefix("http://").rpartition(":")
        self.site, self.cut_after, self.cuts = (host, int(port)), float("inf"), 0
        super().__init__(("127.0.0.1", 0), _Connection)
        self.address = f"http://127.0.0.1:{self.server_address[1]}"


class _Connection(socketserver.BaseRequestHandler):
    server: Line

    def handle(self) -> None:
        with socket.create_connection(self.server.site) as site:
            back = threading.Thread(target=_pump, args=(site, self.request), daemon=True)
            back.start()
            carried = 0
            for piece in _pieces(self.request):
                carried += len(piece)
                if carried > self.server.cut_after:
                    self.server.cuts += 1
                    _cut(self.request, site)
                    return
                with contextlib.suppress(OSError):  # the site may have closed it meanwhile
                    site.sendall(piece)


def _cut(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            end.shutdown(socket.SHUT_RDWR)  # closing alone does not wake a thread that reads


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        for piece in _pieces(source):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


def _pieces(source: socket.socket) -> Iterator[bytes]:
    with contextlib.suppress(OSError):
        while piece := source.recv(_PIECE):
            yield piece


@contextmanager
def line_to(site: str) -> Iterator[Line]:
    """Lay a line to the site at an address like ``http://127.0.0.1:21000``."""
    with Line(site) as line:
        serving = threading.Thread(target=line.serve_forever, args=(0.05,), daemon=True)
        serving.start()
        yield line
        line.shutdown()
        serving.join()

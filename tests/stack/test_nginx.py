"""The configuration that is shipped, read by every Nginx that is here; certificates from a real authority."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import servers

import boursa

_SLOW_S = 1.5


class _Instance(BaseHTTPRequestHandler):
    """Answers with what reached it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/slow":
            time.sleep(_SLOW_S)
        content = json.dumps({"path": self.path, "headers": dict(self.headers)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@dataclass
class Site:
    """A site of one instance behind an Nginx."""

    folder: Path
    program: Path
    http_port: int
    https_port: int
    environment: dict[str, str]
    static: str
    server: subprocess.Popen[bytes] | None = None

    def boursa(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command with the settings of this site."""
        return subprocess.run(
            [sys.executable, "-m", "boursa.cli", "--lang", "en", *words],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )

    def render(self) -> None:
        """Write the configuration."""
        words = ["nginx", "render", "--to", "nginx", "--program", str(self.program)]
        words += ["--user", "root"] if os.geteuid() == 0 else []
        done = self.boursa(*words)
        assert done.returncode == 0, done.stderr

    def ask(
        self, path: str, *, name: str = "localhost", tls: bool = True, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Ask as a client does that trusts nothing but this site's certificate."""
        port = self.https_port if tls else self.http_port
        with socket.create_connection(("127.0.0.1", port), timeout=10) as plain, ExitStack() as held:
            line: socket.socket = plain
            if tls:
                trust = ssl.create_default_context(cafile=self.environment["TLS_CERTIFICATE"])
                line = held.enter_context(trust.wrap_socket(plain, server_hostname=name))
            connection = http.client.HTTPConnection(name, port)
            connection.sock = line
            named = {one.replace("_", "-"): value for one, value in headers.items()}
            connection.request("GET", path, headers={"Host": name, **named})
            answer = connection.getresponse()
            return answer, answer.read()

    def shown(self) -> str:
        """Return the certificate that Nginx shows, without asking who signed it."""
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        with self.line(trust) as line:
            return ssl.DER_cert_to_PEM_cert(line.getpeercert(binary_form=True) or b"")

    @contextmanager
    def line(self, trust: ssl.SSLContext) -> Iterator[ssl.SSLSocket]:
        """Open a connection with TLS."""
        with (
            socket.create_connection(("127.0.0.1", self.https_port), timeout=10) as plain,
            trust.wrap_socket(plain, server_hostname="localhost") as line,
        ):
            yield line


@contextmanager
def _instance() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Instance)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(params=[0, 1], ids=["wheel", "machine"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A site in front of which each Nginx stands in turn; not started yet."""
    programs = servers.nginx_programs()
    if request.param >= len(programs):
        servers.missing("the machine's own Nginx (as root: apt-get install nginx)")
    http_port, https_port = servers.free_ports(2)
    with _instance() as port:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(boursa.__file__).parent.parent),
            "BOURSA_INSTANCE": str(tmp_path / "instance"),
            "BOURSA_ENV_FILE": "",
            "SERVER_NAMES": "localhost,boursa.example.org",
            "HTTP_PORT": str(http_port),
            "HTTPS_PORT": str(https_port),
            "INSTANCES": f"127.0.0.1:{port}",
            "TLS_CERTIFICATE": str(tmp_path / "nginx" / "ssl" / "cert.pem"),
            "TLS_KEY": str(tmp_path / "nginx" / "ssl" / "key.pem"),
        }
        static = next((Path(boursa.__file__).parent / "web" / "static").glob("app-*.css")).name
        yield Site(tmp_path, programs[request.param], http_port, https_port, environment, static)


@pytest.fixture
def served(site: Site) -> Iterator[Site]:
    """The same with a certificate of its own, and Nginx running."""
    assert site.boursa("cert", "dev").returncode == 0
    site.render()
    test = [site.program, "-t", "-p", "nginx", "-c", site.folder / "nginx" / "nginx.conf"]
    done = subprocess.run(test, cwd=site.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr
    with servers.nginx(site.program, site.folder / "nginx", site.https_port) as site.server:
        yield site


def test_a_client_that_verifies_gets_the_page(served: Site) -> None:
    # `boursa cert dev` makes a certificate that a strict client accepts, for each name it is for.
    for name in ("localhost", "boursa.example.org"):
        answer, content = served.ask("/page", name=name, X_Forwarded_For="1.2.3.4", X_Request_ID="mine")
        assert answer.status == 200
        assert answer.headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]
        reached = json.loads(content)["headers"]
        assert reached["Host"] == f"{name}:{served.https_port}"
        assert reached["X-Forwarded-For"] == "127.0.0.1"
        assert reached["X-Forwarded-Proto"] == "https"
        assert len(reached["X-Request-ID"]) == 32


def test_another_name_gets_no_certificate(served: Site) -> None:
    # Nobody can point a name of theirs at this site and be served.
    with pytest.raises(ssl.SSLError):
        served.ask("/", name="else.example.org")


def test_only_modern_tls_and_http2(served: Site) -> None:
    # TLS 1.2 and 1.3, HTTP/2 where the client can.
    for version, works in (
        (ssl.TLSVersion.TLSv1_1, False),
        (ssl.TLSVersion.TLSv1_2, True),
        (ssl.TLSVersion.TLSv1_3, True),
    ):
        assert _handshake(served, version) == ("h2" if works else None), version


def _handshake(site: Site, version: ssl.TLSVersion) -> str | None:
    trust = ssl.create_default_context(cafile=site.environment["TLS_CERTIFICATE"])
    trust.set_alpn_protocols(["h2", "http/1.1"])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that the old versions are old is the point
            trust.minimum_version = trust.maximum_version = version
        with site.line(trust) as line:
            return line.selected_alpn_protocol()
    except (ssl.SSLError, ConnectionResetError):
        return None


def test_plain_http_is_sent_on_except_health(served: Site) -> None:
    # Machines ask about health on port 80; people are sent to HTTPS, with the whole address.
    answer, _ = served.ask("/data?q=1", tls=False)
    assert answer.status == 301
    assert answer.headers["Location"] == f"https://localhost:{served.https_port}/data?q=1"
    for path in ("/health", "/health/live"):
        answer, content = served.ask(path, tls=False)
        assert (answer.status, json.loads(content)["path"]) == (200, path)
    with pytest.raises(ConnectionResetError):
        served.ask("/data", name="else.example.org", tls=False)


def test_static_files_come_compressed_from_nginx(served: Site) -> None:
    # They never reach an instance, and a browser keeps them for good.
    answer, content = served.ask(f"/static/{served.static}", Accept_Encoding="gzip, br")
    original = Path(boursa.__file__).parent / "web" / "static" / served.static
    assert answer.status == 200
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(content) == original.read_bytes()
    assert answer.headers.get_all("Cache-Control") == ["public, max-age=31536000, immutable"]
    assert answer.headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert (
        served.ask("/static/../../settings.py")[0].status in (400, 404)
        or b"Settings" not in served.ask("/static/../../settings.py")[1]
    )


def test_the_public_never_sees_the_numbers(served: Site) -> None:
    # However the address is spelled.
    for path in ("/metrics", "//metrics", "/%6detrics", "/metrics/", "/x/../metrics"):
        assert served.ask(path)[0].status == 404, path


def test_no_instance_means_503_with_a_time(site: Site) -> None:
    # A site whose instances are all away says so, and when to ask again.
    site.environment["INSTANCES"] = "127.0.0.1:9"
    assert site.boursa("cert", "dev").returncode == 0
    site.render()
    with servers.nginx(site.program, site.folder / "nginx", site.https_port):
        for path, kind in (("/", "text/plain"), ("/api/v1/jobs", "application/problem+json")):
            answer, content = site.ask(path)
            assert (answer.status, answer.headers["Retry-After"]) == (503, "3")
            assert answer.headers["Content-Type"].startswith(kind)
            assert b"Nginx" not in content


def test_a_reload_cuts_no_request_that_is_at_work(served: Site) -> None:
    # A new certificate is shown from one handshake to the next; a request under way ends in peace.
    answers: list[int] = []
    slow = threading.Thread(target=lambda: answers.append(served.ask("/slow")[0].status))
    before = served.shown()
    slow.start()
    time.sleep(_SLOW_S / 3)
    Path(served.environment["TLS_CERTIFICATE"]).rename(served.folder / "old.pem")
    assert served.boursa("cert", "dev").returncode == 0
    assert served.server is not None
    os.kill(served.server.pid, 1)
    _await_other(served, before)
    slow.join()
    assert answers == [200]


def _await_other(site: Site, before: object, seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while site.shown() == before:
        assert time.monotonic() < until, "the former certificate is still shown"
        time.sleep(0.05)


def test_a_linter_finds_nothing(site: Site) -> None:
    # What is known to go wrong in configurations of Nginx.
    site.render()
    done = subprocess.run(
        [Path(sys.executable).parent / "gixy", "nginx/nginx.conf"],
        cwd=site.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "No issues found" in done.stdout, done.stdout


@pytest.mark.parametrize("site", [0], indirect=True)
def test_a_good_certificate_is_never_overwritten(site: Site) -> None:
    # One of another authority, or for other names, is somebody's work: it stays, and the command says so.
    path = Path(site.environment["TLS_CERTIFICATE"])
    assert site.boursa("cert", "dev").returncode == 0
    first = path.read_bytes()
    assert oct(Path(site.environment["TLS_KEY"]).stat().st_mode & 0o777) == "0o600"
    again = site.boursa("cert", "dev")
    assert (again.returncode, path.read_bytes()) == (0, first)
    other = site.boursa("cert", "dev", "--name", "else.example.org")
    assert (other.returncode, path.read_bytes()) == (73, first)
    assert other.stderr.count("\n") == 1
    path.write_text("not a certificate")
    assert site.boursa("cert", "dev").returncode == 73
    assert path.read_text() == "not a certificate"


@contextmanager
def _pebble(folder: Path, http_port: int) -> Iterator[str]:
    """Start an ACME authority that asks every name on this machine's `http_port`."""
    if not shutil.which("pebble") or not shutil.which("certbot"):
        servers.missing("pebble and certbot (as root: apt-get install pebble certbot)")
    listen, manage, names, control = servers.free_ports(4)
    own = folder / "authority"
    own.mkdir()
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    made += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    made += ["-keyout", own / "key.pem", "-out", own / "cert.pem"]
    subprocess.run(made, check=True, capture_output=True)
    config = {
        "listenAddress": f"127.0.0.1:{listen}",
        "managementListenAddress": f"127.0.0.1:{manage}",
        "certificate": str(own / "cert.pem"),
        "privateKey": str(own / "key.pem"),
        "httpPort": http_port,
        "tlsPort": 9,
    }
    (own / "config.json").write_text(json.dumps({"pebble": config}))
    log = (own / "log").open("wb")
    answers = ["pebble-challtestsrv", "-defaultIPv4", "127.0.0.1", "-defaultIPv6", ""]
    answers += ["-dns01", f"127.0.0.1:{names}", "-management", f"127.0.0.1:{control}"]
    answers += ["-http01", "", "-https01", "", "-tlsalpn01", ""]
    serve = ["pebble", "-config", own / "config.json", "-dnsserver", f"127.0.0.1:{names}"]
    quick = {**os.environ, "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"}
    with ExitStack() as held:
        held.callback(log.close)
        for words in (answers, serve):
            process = subprocess.Popen(words, stdout=log, stderr=log, env=quick, cwd=own)
            held.callback(process.wait)
            held.callback(process.terminate)
        servers._await_port(listen, process, own / "log")
        yield f"https://localhost:{listen}/dir"


@pytest.mark.parametrize("site", [0], indirect=True)
def test_a_certificate_is_issued_and_renewed_and_shown(served: Site) -> None:
    # The real certbot, an authority that really asks, and Nginx that shows what came of it.
    assert served.server is not None
    reload = f"kill -HUP {served.server.pid}"
    served.environment["SERVER_NAMES"] = "localhost,boursa.example.org"
    own = served.shown()
    with _pebble(served.folder, served.http_port) as authority:
        served.environment["REQUESTS_CA_BUNDLE"] = str(served.folder / "authority" / "cert.pem")
        served.environment["SERVER_NAMES"] = "boursa.example.org"
        issued = served.boursa("cert", "issue", "--server", authority, "--reload", reload)
        assert issued.returncode == 0, issued.stderr
        _await_other(served, own)
        first = served.shown()
        early = served.boursa("cert", "renew", "--server", authority, "--reload", reload)
        assert early.returncode == 0, early.stderr
        assert "stays as it is" in early.stdout
        assert served.shown() == first
        renewed = served.boursa("cert", "renew", "--force", "--server", authority, "--reload", reload)
        assert renewed.returncode == 0, renewed.stderr
        _await_other(served, first)
    print("1 issued, 1 not due, 1 renewed; Nginx showed each")


@pytest.mark.parametrize("site", [0], indirect=True)
def test_an_authority_that_says_no_is_one_sentence(served: Site) -> None:
    # The certificate that is there stays, and the reason is said.
    before = served.shown()
    refused = served.boursa("cert", "issue", "--server", "https://localhost:9/dir")
    assert refused.returncode == 69
    assert refused.stderr.count("\n") == 1
    assert served.shown() == before

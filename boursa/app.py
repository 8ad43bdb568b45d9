"""The web application: `create_app` reads like a table of contents."""

from __future__ import annotations

from apiflask import APIFlask, HTTPError
from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_compress import Compress
from werkzeug.exceptions import NotFound, RequestEntityTooLarge
from werkzeug.routing import IntegerConverter
from whitenoise import WhiteNoise

from boursa import __version__, runtime, settings, web
from boursa.api import description, problems, v1
from boursa.api import gate as api_gate
from boursa.api.v1 import answers
from boursa.jobs import doorbell
from boursa.ops import counts, health, observing, places
from boursa.ops.limits import drain, limiter, say_when
from boursa.storage.models import LARGEST
from boursa.web import assets, errors, gate, operations, security
from boursa.web.pages import Environment

# Files that a build names by their content never change.
_NAMED_BY_CONTENT = r"-[0-9A-Z]{8}\.\w+$"


def create_app(config: settings.Settings | None = None) -> APIFlask:
    """Return the WSGI application for `config`, by default what the environment says."""
    config = config or settings.load()
    # The documentation page that APIFlask brings loads another host, so it stays off; errors are
    # problem+json, which is not APIFlask's own form either; static files are WhiteNoise's.
    app = APIFlask(
        "boursa.web",
        title="BoursA",
        version=__version__,
        spec_path="/api/v1/openapi.json",
        docs_path=None,
        json_errors=False,
        static_folder=None,  # type: ignore[arg-type] # as in Flask, though APIFlask does not say so
    )
    app.jinja_environment = Environment
    app.config["OPENAPI_VERSION"] = "3.1.0"
    app.url_map.converters["int"] = _Number
    app.secret_key = settings.secret_key(config)
    app.extensions["boursa"] = held = runtime.build(config, doorbell.of(config))
    app.extensions["boursa.health"] = examiner = _health(held)
    observing.watch(held.engine, examiner.heard)
    observing.register(
        app, behind_proxy=config.trusted_proxies > 0
    )  # first to see a request, last to see its answer
    places.register(app, config.web_threads, lambda: examiner.hangs("rows"))
    app.before_request(_recognise)  # before the limits, which count by person
    _limits(app, config)
    _static(app)
    web.register(app, config)
    limiter.exempt(operations.pages)  # machines ask often, and must be answered while Redis is away
    app.register_blueprint(operations.pages)
    _api(app)
    _errors(app)
    return app


class _Number(IntegerConverter):
    """A number in an address; larger than any database keeps, it names nothing."""

    def to_python(self, value: str) -> int:
        """Return the number."""
        number: int = super().to_python(value)
        if number > LARGEST:
            raise NotFound
        return number


def _health(held: runtime.Runtime) -> health.Examiner:
    return health.examiner(held.engine, held.sessions, held.blobs, held.cache, held.broker)


def _limits(app: APIFlask, config: settings.Settings) -> None:
    app.config["RATELIMIT_STORAGE_URI"] = _counting(config)
    app.after_request(say_when)  # what is registered first is called last
    limiter.init_app(app)


def _counting(config: settings.Settings) -> str:
    if config.redis is None:
        return counts.ADDRESS
    from boursa.ops import shared_counts  # its library is loaded only where there is a Redis

    return shared_counts.address(config.redis)


def _static(app: APIFlask) -> None:
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign] # how Flask takes middleware
        app.wsgi_app,
        root=str(assets.STATIC),
        prefix=assets.ADDRESS,
        immutable_file_test=_NAMED_BY_CONTENT,
        allow_all_origins=False,
        add_headers_function=lambda headers, *_: headers.add_header("X-Content-Type-Options", "nosniff"),
    )
    app.config["COMPRESS_ALGORITHM"] = ["br", "gzip"]
    app.config["COMPRESS_BR_LEVEL"] = 2  # a page in half the time of 4, and a tenth larger
    Compress(app)


def _api(app: APIFlask) -> None:
    for pages in app.blueprints.values():
        pages.enable_openapi = False  # type: ignore[attr-defined] # APIFlask asks every blueprint, and its own know it
    for blueprint in v1.BLUEPRINTS:
        security.csrf.exempt(blueprint)  # a token in a header is sent by nobody's browser unasked
        app.register_blueprint(blueprint, name=f"api_{blueprint.name}")
    app.spec_processor(description.complete)
    app.after_request(_tag)  # registered last, so called first: before the answer is compressed


def _recognise() -> None:
    (api_gate if _asked_by_program() else gate).recognise()


def _tag(answer: Response) -> Response:
    return answers.tag(answer) if _asked_by_program() else answer


def _errors(app: APIFlask) -> None:
    def answer(error: Exception) -> ResponseReturnValue:
        if isinstance(error, RequestEntityTooLarge):
            drain()
        if _asked_by_program():
            return problems.answer(error)
        return errors.answer(error)

    app.register_error_handler(Exception, answer)
    app.register_error_handler(HTTPError, answer)


def _asked_by_program() -> bool:
    # The page that documents the API is a page like any other.
    return request.path.startswith("/api/") and not request.path.startswith("/api/v1/docs")

"""The web application: `create_app` reads like a table of contents."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from apiflask import APIFlask
from flask_migrate import Migrate

from boursa import __version__, runtime, settings
from boursa.api import v1
from boursa.ops.schema import MIGRATIONS
from boursa.storage.models import Base
from boursa.web import operations


def create_app(config: settings.Settings | None = None) -> APIFlask:
    """Return the WSGI application for `config`, by default what the environment says."""
    config = config or settings.load()
    # The documentation page that APIFlask brings loads another host, so it stays off; errors will be
    # problem+json, which is not APIFlask's own form either.
    app = APIFlask(
        "boursa.web",
        title="BoursA",
        version=__version__,
        spec_path="/api/v1/openapi.json",
        docs_path=None,
        json_errors=False,
    )
    app.config["OPENAPI_VERSION"] = "3.1.0"
    app.secret_key = settings.secret_key(config)
    app.extensions["boursa"] = held = runtime.build(config)
    _schema(app, held)
    app.register_blueprint(operations.pages)
    for blueprint in v1.BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def _schema(app: APIFlask, held: runtime.Runtime) -> None:
    # Flask-Migrate reads two attributes off what is usually Flask-SQLAlchemy.
    database = SimpleNamespace(metadata=Base.metadata, engine=held.engine)
    migrate = Migrate(app, database, directory=str(MIGRATIONS))

    def hand_over(alembic: Any) -> Any:
        alembic.attributes["engine"] = held.engine
        return alembic

    migrate.configure(hand_over)

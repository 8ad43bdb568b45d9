"""Every way BoursA can say no.

::

    BoursaError                       code                exit  HTTP  retry
    ├── InputError                    input                 65   422
    │   ├── FileUnreadable            file-unreadable       66   422
    │   ├── FileAmbiguous             file-ambiguous        65   422
    │   ├── ColumnUnknown             column-unknown        65   422
    │   ├── NotNumeric                not-numeric           65   422
    │   ├── NotFinite                 not-finite            65   422
    │   ├── TooFewObservations        too-few               65   422
    │   ├── ConstantSeries            constant-series       65   422
    │   ├── Undefined                 undefined             65   422
    │   ├── IdempotencyMismatch       idempotency-mismatch  65   422
    │   └── TooLarge                  too-large             65   413
    ├── UsageError                    usage                 64   400
    │   ├── NameUnknown               name-unknown          64   404
    │   └── OptionUnknown             option-unknown        64   400
    ├── NotFound                      not-found             66   404
    ├── NotAllowed                    not-allowed           77   403
    │   ├── SignInRefused             sign-in-refused       77   401
    │   └── TokenRefused              token-refused         77   401
    ├── Conflict                      conflict              73   409
    │   └── UnderWay                  under-way             73   409   yes
    ├── Cancelled                     cancelled             75   409
    ├── LimitReached                  limit-reached         75   503
    ├── TooOften                      too-often             75   429
    ├── Unavailable                   unavailable           69   503  yes
    │   └── SchemaOutdated            schema-outdated       69   503  yes
    ├── ProviderError                 provider              69   502  yes
    └── ConfigurationError            configuration         78   500

A message is one English sentence with ``{placeholders}``, marked with ``N_`` where it is raised;
`BoursaError.sentence` gives it in a person's language. Exit statuses are those of ``sysexits.h``.
"""

from __future__ import annotations

from typing import Any, ClassVar

from boursa.language import N_, translate


class BoursaError(Exception):
    """The root of every expected failure: one sentence, safe to show."""

    code: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 70
    http_status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message)
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return self.sentence("en")

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions cross the border of the job's child process: keep the placeholders.
        return _rebuild, (type(self), self.message, self.params)

    def sentence(self, language: str) -> str:
        """Return the message in `language`, placeholders filled in."""
        # A placeholder at the end may be empty.
        return translate(self.message, language).format(**self.params).rstrip()

    def to_dict(self) -> dict[str, Any]:
        """Return code and sentence in both languages, as a failed job keeps them."""
        return {"code": self.code, "fr": self.sentence("fr"), "en": self.sentence("en")}


def _rebuild(kind: type[BoursaError], message: str, params: dict[str, Any]) -> BoursaError:
    return kind(message, **params)


class InputError(BoursaError):
    """The data that were given cannot be used for what was asked."""

    code, exit_status, http_status = "input", 65, 422


class FileUnreadable(InputError):
    """The file is missing, empty, or not of a kind that BoursA reads."""

    code, exit_status = "file-unreadable", 66


class FileAmbiguous(InputError):
    """The file can be read in two ways and does not say which one is meant."""

    code = "file-ambiguous"


class ColumnUnknown(InputError):
    """A column was named that the table does not have."""

    code = "column-unknown"


class NotNumeric(InputError):
    """Numbers were needed and text was found."""

    code = "not-numeric"


class NotFinite(InputError):
    """A value is infinite."""

    code = "not-finite"


class TooFewObservations(InputError):
    """There are fewer observations than the method needs."""

    code = "too-few"


class ConstantSeries(InputError):
    """All values are the same, so the question has no answer."""

    code = "constant-series"


class Undefined(InputError):
    """The method has no answer for these data, for another reason that the sentence gives."""

    code = "undefined"


class IdempotencyMismatch(InputError):
    """An Idempotency-Key was used before, for another request."""

    code = "idempotency-mismatch"


class TooLarge(InputError):
    """The data exceed a limit of this installation."""

    code, http_status = "too-large", 413


class UsageError(BoursaError):
    """The request itself is malformed."""

    code, exit_status, http_status = "usage", 64, 400


class NameUnknown(UsageError):
    """A test, model, provider or battery of that name does not exist."""

    code, http_status = "name-unknown", 404


class OptionUnknown(UsageError):
    """An option, or a value of it, is not known to what was asked for."""

    code = "option-unknown"


class NotFound(BoursaError):
    """The object does not exist, or not for this person."""

    code, exit_status, http_status = "not-found", 66, 404


class NotAllowed(BoursaError):
    """This person may see the object but not do this to it."""

    code, exit_status, http_status = "not-allowed", 77, 403


class SignInRefused(NotAllowed):
    """Name and password do not open an account; which of them is wrong is not said."""

    code, http_status = "sign-in-refused", 401


class TokenRefused(NotAllowed):
    """A program showed no token, or one that opens nothing."""

    code, http_status = "token-refused", 401


class Conflict(BoursaError):
    """The object is not in a state that allows this."""

    code, exit_status, http_status = "conflict", 73, 409


class UnderWay(Conflict):
    """The same request is being answered at this moment."""

    code, retryable = "under-way", True


class Cancelled(BoursaError):
    """Somebody asked for the work to stop."""

    code, exit_status, http_status = "cancelled", 75, 409


class LimitReached(BoursaError):
    """The work was stopped at its time or memory limit."""

    code, exit_status, http_status = "limit-reached", 75, 503


class TooOften(BoursaError):
    """The same was tried too often from one place; it may be tried again after a pause."""

    code, exit_status, http_status = "too-often", 75, 429


class Unavailable(BoursaError):
    """A part of the installation cannot be reached at the moment."""

    code, exit_status, http_status, retryable = "unavailable", 69, 503, True


class SchemaOutdated(Unavailable):
    """The database has no schema, or an older one than this code needs."""

    code = "schema-outdated"


class ProviderError(BoursaError):
    """A market-data provider did not answer, or refused."""

    code, exit_status, http_status, retryable = "provider", 69, 502, True


class ConfigurationError(BoursaError):
    """The configuration is unsafe or incomplete; `problems` holds one sentence for each fault."""

    code, exit_status = "configuration", 78

    def __init__(self, message: str = N_("The configuration has faults: {problems}"), **params: Any) -> None:
        super().__init__(message, **params)

    @property
    def problems(self) -> list[str]:
        """The faults, a sentence each, in English."""
        return list(self.params.get("problems", ()))

    def sentence(self, language: str) -> str:
        """Return all faults, a line each."""
        lines = "\n".join(f"  - {problem}" for problem in self.problems)
        return translate(self.message, language).format(**{**self.params, "problems": "\n" + lines})

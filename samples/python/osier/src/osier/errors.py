"""What can go wrong. Every message is one line: what, where, and what to do next."""

from __future__ import annotations

from typing import Any


class OsierError(Exception):
    """The root of everything that this package raises about the daemon."""


class Refused(OsierError):
    """The daemon said no; nothing of the request was done.

    `code` is one of the protocol's (`shape_mismatch`, `busy`, `unknown_op`, ...).
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    @classmethod
    def of(cls, error: dict[str, Any]) -> Refused:
        """The exception for the `error` object of a reply."""
        code, message = str(error.get("code")), str(error.get("message"))
        return NoModel(code, message) if code == "no_model" else Refused(code, message)


class NoModel(Refused):
    """There is nothing to predict with before the first labelled sample."""


class TimedOut(OsierError, TimeoutError):
    """No answer in time."""

    def __init__(
        self, what: str, endpoint: str, seconds: float, advice: str, last: Refused | None = None
    ) -> None:
        heard = f" (the last answer was {last})" if last is not None else ""
        super().__init__(f"{endpoint}: no {what} within {seconds:g} s{heard}; {advice}")
        self.last = last


class Unreadable(OsierError):
    """Something answered, but not as an Osier daemon does."""

    def __init__(self, endpoint: str, why: object) -> None:
        super().__init__(
            f"{endpoint}: the answer cannot be read ({why}); "
            "check that an Osier daemon listens there"
        )


class AcknowledgedDataLost(OsierError):
    """The daemon no longer has samples that it acknowledged."""

    def __init__(self, producer: str, acknowledged: int, daemon_has: int) -> None:
        super().__init__(
            f'producer "{producer}": request {acknowledged} was acknowledged, but the daemon has '
            f"only {daemon_has}; restore its storage, send again from there, or go on without "
            'them with on_lost="continue"'
        )
        self.producer = producer
        self.acknowledged = acknowledged
        self.daemon_has = daemon_has


class ProducerInUse(OsierError):
    """The daemon has requests of this producer that this client did not make."""

    def __init__(self, producer: str, sent: int, daemon_has: int) -> None:
        super().__init__(
            f'producer "{producer}": the daemon has request {daemon_has}, but {sent} is the last '
            "one of this client; give each client a producer of its own"
        )

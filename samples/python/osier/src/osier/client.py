"""The client for programs that wait for their answers."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

import numpy as np
import zmq
from numpy.typing import NDArray

from . import encoding, replies
from .encoding import Body, to_json
from .endpoints import Endpoints
from .errors import Refused, TimedOut
from .messages import (
    Acknowledgement,
    Adaptation,
    Event,
    Label,
    Prediction,
    Probabilities,
    Rejection,
)
from .operations import Operations, command
from .questions import LOST_REQUEST, NO_DAEMON, UNANSWERED, Questions
from .session import OnLost, Session, Tally


class Osier(Operations[dict[str, Any]], Questions):
    """Learns, asks and commands one daemon. For one thread at a time.

    Samples go to the acknowledged `learn` socket. With a `producer` (a name of this client's own
    that it keeps when it starts again) requests are numbered: up to the daemon's credit are on
    their way at a time, and after a lost connection or a restart of the daemon, what was not
    acknowledged is sent again and learned once. Without one, a request that is not answered in
    time raises `TimedOut`, and whether it was learned is not known.

    Args:
        endpoints: Where the daemon listens.
        producer: Name for numbered requests.
        timeout: Seconds that a call waits before it raises `TimedOut`.
        consistent: Whether predictions take in all that was acknowledged before.
        last_acknowledged: `last_acknowledged` of an earlier run of this producer; the daemon is
            then asked whether it still has all of that.
        on_lost: What to do when the daemon no longer has acknowledged samples: `"raise"`
            `AcknowledgedDataLost`, or `"continue"` without them.
        max_in_flight: Requests on their way at a time, beside the daemon's own limit.
        resend_after: Seconds of silence after which the daemon is asked what it has.
        context: A ZeroMQ context to share.
    """

    def __init__(
        self, endpoints: Endpoints | None = None, *, producer: str | None = None,
        timeout: float = 5.0, consistent: bool = True, last_acknowledged: int | None = None,
        on_lost: OnLost = "raise", max_in_flight: int = 64, resend_after: float = 1.0,
        context: zmq.Context[zmq.Socket[bytes]] | None = None,
    ) -> None:
        self.endpoints = endpoints or Endpoints()
        self.timeout = timeout
        self.consistent = consistent
        self.resend_after = resend_after
        self._session = Session(
            producer, last_acknowledged=last_acknowledged, max_in_flight=max_in_flight,
            resend_after=resend_after, on_lost=on_lost)
        self._rows: dict[int, int] = {}
        self._tally = Tally()
        self._owns_context = context is None
        self._context: zmq.Context[zmq.Socket[bytes]] = context or zmq.Context()
        self._sockets: dict[str, zmq.Socket[bytes]] = {}
        self._subscriptions: set[zmq.Socket[bytes]] = set()

    def __enter__(self) -> Osier:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self.flush()
        finally:
            self.close()

    def close(self) -> None:
        """Closes the connections; samples that wait for an acknowledgement are given up."""
        for name in list(self._sockets):
            self._drop(name)
        for subscription in self._subscriptions:
            subscription.close()
        if self._owns_context:
            self._context.term()

    # --- learning

    @property
    def last_acknowledged(self) -> int:
        """The number of the producer's last request that the daemon has."""
        return self._session.last_acknowledged

    def learn_one(
        self, x: Any, y: Any = None, *, weight: float | None = None, id: str | int | None = None,
        time: float | None = None, wait: bool = True,
    ) -> Acknowledgement:
        """Learns one sample.

        Args:
            x: Named values (a mapping or a pandas Series: numbers, booleans, words, `None` for
                missing), an array of numbers, or `Sparse`.
            y: A string, boolean or integer is a class; a float, or several, a number to predict;
                `None` leaves the sample unlabelled.
            id: Joins a later `label`.
            wait: `False` returns as soon as the request is on its way; `flush` tells what became
                of it.

        Raises:
            Refused: The daemon will not learn it (with `wait`).
            TimedOut: With a producer, the sample stays to be sent: do not send it again.
        """
        return self._learn(encoding.one(x, y, weight=weight, id=id, time=time), wait)

    def label(self, id: str | int, y: Any, *, wait: bool = True) -> Acknowledgement:
        """The target of features that were sent earlier under this id."""
        return self._learn(encoding.one(None, y, id=id), wait)

    def learn_many(
        self, x: Any, y: Any = None, *, weights: Any = None, ids: Any = None, times: Any = None,
        wait: bool = True,
    ) -> Acknowledgement:
        """Learns many samples, in order.

        Args:
            x: An array `[samples, features]`, a pandas DataFrame (its columns are names), or an
                iterable of what `learn_one` takes. NaN means missing.
            y: One target for each: integers, booleans and strings are classes, floats numbers.

        Returns:
            What was accepted; refused samples are listed, not raised.
        """
        tickets = []
        for body in encoding.many(x, y, weights, ids, times):
            tickets.append(self._append(body))
            self._run(lambda: self._session.pending <= self._session.limit)
        if not wait:
            return Acknowledgement()
        self._run(lambda: not self._session.pending)
        return self._claim(tickets)

    def label_many(self, ids: Any, y: Any, *, wait: bool = True) -> Acknowledgement:
        """The targets of features that were sent earlier under these ids."""
        return self.learn_many(None, y, ids=ids, wait=wait)

    def flush(self) -> Acknowledgement:
        """Waits until all is acknowledged, and sums up the samples that nobody waited for."""
        self._run(lambda: not self._session.pending)
        self._collect()
        return self._tally.take()

    def push_one(self, x: Any, y: Any = None, **keys: Any) -> None:
        """Sends one sample without a reply (socket `samples`); a full daemon holds this back."""
        self._push(encoding.one(x, y, **keys))

    def push_many(
        self, x: Any, y: Any = None, *, weights: Any = None, ids: Any = None, times: Any = None
    ) -> None:
        """Sends many samples without a reply."""
        for body in encoding.many(x, y, weights, ids, times):
            self._push(body)

    def _push(self, body: Body) -> None:
        socket = self._socket("samples", zmq.PUSH, linger=self.timeout)
        if not socket.poll(math.ceil(self.timeout * 1000), zmq.POLLOUT):
            raise TimedOut("room", self.endpoints.samples, self.timeout, NO_DAEMON)
        socket.send_multipart(body.message() if body.header else list(body.frames))

    def _append(self, body: Body) -> int:
        ticket = self._session.append(body)
        self._rows[ticket] = body.rows
        return ticket

    def _learn(self, body: Body, wait: bool) -> Acknowledgement:
        ticket = self._append(body)
        if not wait:
            self._run(lambda: self._session.pending <= self._session.limit)
            self._collect()
            return Acknowledgement()
        self._run(lambda: ticket in self._session.outcomes)
        del self._rows[ticket]
        outcome = self._session.outcomes.pop(ticket)
        if isinstance(outcome, Refused):
            raise outcome
        if not outcome.accepted and len(outcome.rejected) == 1:
            raise Refused(outcome.rejected[0].code, outcome.rejected[0].message)
        return outcome

    def _collect(self) -> None:
        """Adds up what nobody waits for."""
        for ticket in sorted(self._session.outcomes):
            self._tally.add(self._session.outcomes.pop(ticket), self._rows.pop(ticket))

    def _claim(self, tickets: list[int]) -> Acknowledgement:
        tally = Tally()
        for ticket in tickets:
            tally.add(self._session.outcomes.pop(ticket), self._rows.pop(ticket))
        return tally.take()

    def _run(self, is_done: Callable[[], bool]) -> None:
        """Sends and takes answers until `is_done()`."""
        session, endpoint = self._session, self.endpoints.learn
        deadline = time.monotonic() + self.timeout
        while True:
            socket = self._socket("learn", zmq.DEALER)
            now = time.monotonic()
            for message in session.outgoing(now):
                socket.send_multipart(message)
            done = is_done()
            wait = 0.0 if done else max(0.0, min(deadline, session.wake_at) - now)
            if socket.poll(math.ceil(wait * 1000)):
                reply = replies.parse(socket.recv_multipart()[0], endpoint)
                if session.receive(reply, time.monotonic()):
                    deadline = time.monotonic() + self.timeout
            elif done:
                return
            elif time.monotonic() >= deadline:
                self._give_up()
            elif session.is_silent(time.monotonic()):
                self._drop("learn")
                session.reconnect()

    def _give_up(self) -> None:
        session, endpoint = self._session, self.endpoints.learn
        if session.producer is not None:
            raise TimedOut(
                "acknowledgement", endpoint, self.timeout,
                "start the daemon there, or raise the timeout; the samples stay to be sent",
                session.last_refusal)
        session.forget()
        self._drop("learn")
        raise TimedOut(
            "acknowledgement", endpoint, self.timeout, LOST_REQUEST, session.last_refusal)

    # --- predicting

    def predict(
        self, x: Any, *, id: str | int | None = None, remember: bool = False,
        consistent: bool | None = None,
    ) -> Prediction:
        """The whole answer: prediction, probabilities or interval, and which model gave it.

        Args:
            remember: Keep the features for a late `label` under `id`.
            consistent: Take in all that was acknowledged before; the client's setting when `None`.

        Raises:
            NoModel: Nothing was learned yet.
        """
        question = self._question(x, id, remember, consistent)
        frames = self._ask("predict", [to_json(question)])
        return replies.prediction(self._object(frames[0]))

    def predict_one(self, x: Any, **options: Any) -> Any:
        """The most probable class, or the number; options as in `predict`."""
        return self.predict(x, **options).y

    def predict_proba_one(self, x: Any, **options: Any) -> dict[Label, float]:
        """The probability of each class; options as in `predict`."""
        return self._probabilities(self.predict(x, **options))

    def predict_many(self, x: Any, *, consistent: bool | None = None) -> NDArray[Any]:
        """A class or number for each sample, `[samples]`, or `[samples, outputs]`.

        `x` is as in `learn_many`. Numbers of refused samples are NaN; where a class was asked for,
        the first refusal is raised.
        """
        return self._best(self._predict_many(x, consistent))

    def predict_proba_many(self, x: Any, *, consistent: bool | None = None) -> Probabilities:
        """The probability of each class for each sample."""
        return self._as_probabilities(self._predict_many(x, consistent))

    def _predict_many(
        self, x: Any, consistent: bool | None
    ) -> tuple[Probabilities | NDArray[np.float32], list[Rejection]]:
        parts = [
            self._part(self._ask("predict", message))
            for message in self._questions(x, consistent)
        ]
        return self._joined(parts)

    # --- watching and commanding

    def status(self) -> dict[str, Any]:
        """The daemon's whole state now."""
        state: dict[str, Any] = self.control("status")["status"]
        return state

    def control(self, op: str, **arguments: Any) -> dict[str, Any]:
        """Any command of the control socket by its name, e.g. `control("grow", layer=0, units=8)`.

        A command is sent once: after `TimedOut` it is not known whether it took effect.
        """
        frames = self._ask("control", [to_json(command(op, arguments))], again=False)
        return replies.checked(frames[0], self.endpoints.control)

    def export(self, format: str = "safetensors") -> bytes:
        """The model as the bytes of a file: `safetensors` or `onnx`."""
        frames = self._ask("control", [to_json({"op": "export", "format": format})], again=False)
        replies.checked(frames[0], self.endpoints.control)
        return frames[1]

    def events(self, *topics: str, timeout: float | None = None) -> Iterator[Event]:
        """Messages of the status socket, the latest of each topic first; all topics when none.

        Ends when nothing comes for `timeout` seconds; never when that is `None`. A daemon that
        restarts is found again.
        """
        socket = self._context.socket(zmq.SUB)
        self._subscriptions.add(socket)
        try:
            socket.linger = 0
            socket.ipv6 = True
            socket.connect(self._endpoint("status"))
            for topic in topics or ("",):
                socket.subscribe(topic)
            while socket.poll(None if timeout is None else math.ceil(timeout * 1000)):
                heard, body = socket.recv_multipart()
                yield Event(heard.decode(), replies.parse(body, self.endpoints.status))
        finally:
            socket.close()
            self._subscriptions.discard(socket)

    def adaptations(self, *, timeout: float | None = None) -> Iterator[Adaptation]:
        """Changes of the network's structure as they happen, the latest known one first."""
        for event in self.events("adaptation", timeout=timeout):
            yield Adaptation.of(event.body)

    # --- sockets

    def _socket(
        self, name: str, kind: int = zmq.DEALER, linger: float = 0.0
    ) -> zmq.Socket[bytes]:
        if name not in self._sockets:
            socket = self._context.socket(kind)
            socket.linger = math.ceil(linger * 1000)
            socket.ipv6 = True
            # What is pushed waits here for a daemon, not in a queue that nobody counts.
            socket.immediate = kind == zmq.PUSH
            socket.connect(self._endpoint(name))
            self._sockets[name] = socket
        return self._sockets[name]

    def _drop(self, name: str) -> None:
        self._sockets.pop(name).close()

    def _ask(self, name: str, message: list[bytes], *, again: bool = True) -> list[bytes]:
        """The reply to one request. Nothing else is on its way, so the next reply is its own."""
        deadline = time.monotonic() + self.timeout
        while True:
            socket = self._socket(name)
            socket.send_multipart(message)
            left = max(0.0, deadline - time.monotonic())
            wait = min(left, self.resend_after) if again else left
            if socket.poll(math.ceil(wait * 1000)):
                return socket.recv_multipart()
            # A late answer must not be taken for that of the next question.
            self._drop(name)
            if not again or time.monotonic() >= deadline:
                raise TimedOut(
                    "reply", self._endpoint(name), self.timeout, NO_DAEMON if again else UNANSWERED)

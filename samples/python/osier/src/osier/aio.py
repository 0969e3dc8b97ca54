"""The client for asyncio."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any

import numpy as np
import zmq
import zmq.asyncio
from numpy.typing import NDArray

from . import encoding, replies
from .encoding import Body, to_json
from .endpoints import Endpoints
from .errors import OsierError, Refused, TimedOut
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
from .session import OnLost, Outcome, Session, Tally


class AsyncOsier(Operations[Awaitable[dict[str, Any]]], Questions):
    """`Osier` for asyncio: the same methods, to be awaited, as many at a time as you like.

    Samples that are learned at the same time keep the order in which `learn_one` was called.
    To be made and used within one event loop.
    """

    def __init__(
        self, endpoints: Endpoints | None = None, *, producer: str | None = None,
        timeout: float = 5.0, consistent: bool = True, last_acknowledged: int | None = None,
        on_lost: OnLost = "raise", max_in_flight: int = 64, resend_after: float = 1.0,
    ) -> None:
        self.endpoints = endpoints or Endpoints()
        self.timeout = timeout
        self.consistent = consistent
        self.resend_after = resend_after
        self._session = Session(
            producer, last_acknowledged=last_acknowledged, max_in_flight=max_in_flight,
            resend_after=resend_after, on_lost=on_lost)
        self._waiting: dict[int, asyncio.Future[Outcome]] = {}
        self._unclaimed: dict[int, int] = {}
        self._tally = Tally()
        self._context = zmq.asyncio.Context()
        #: Connections that nothing is on its way on, by socket.
        self._idle: dict[str, list[zmq.asyncio.Socket]] = {}
        self._pump: asyncio.Task[None] | None = None
        self._work = asyncio.Event()
        self._progress = asyncio.Condition()
        #: When the daemon last took or refused something for good.
        self._heard_at = 0.0

    async def __aenter__(self) -> AsyncOsier:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                await self.flush()
        finally:
            await self.close()

    async def close(self) -> None:
        """Closes the connections; samples that wait for an acknowledgement are given up."""
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.gather(self._pump, return_exceptions=True)
        for sockets in self._idle.values():
            for socket in sockets:
                socket.close()
        self._idle.clear()
        # Whatever is still open belongs to a call that was given up.
        self._context.destroy(linger=0)

    # --- learning

    @property
    def last_acknowledged(self) -> int:
        """The number of the producer's last request that the daemon has."""
        return self._session.last_acknowledged

    async def learn_one(
        self, x: Any, y: Any = None, *, weight: float | None = None, id: str | int | None = None,
        time: float | None = None, wait: bool = True,
    ) -> Acknowledgement:
        """Learns one sample; see `Osier.learn_one`."""
        return await self._learn(encoding.one(x, y, weight=weight, id=id, time=time), wait)

    async def label(self, id: str | int, y: Any, *, wait: bool = True) -> Acknowledgement:
        """The target of features that were sent earlier under this id."""
        return await self._learn(encoding.one(None, y, id=id), wait)

    async def learn_many(
        self, x: Any, y: Any = None, *, weights: Any = None, ids: Any = None, times: Any = None,
        wait: bool = True,
    ) -> Acknowledgement:
        """Learns many samples, in order; see `Osier.learn_many`."""
        futures = []
        for body in encoding.many(x, y, weights, ids, times):
            if wait:
                futures.append((self._submit(body), body.rows))
            else:
                self._unclaimed[self._append(body)] = body.rows
            await self._until(self._has_room)
        tally = Tally()
        for future, rows in futures:
            tally.add(await self._outcome(future), rows)
        return tally.take()

    async def label_many(self, ids: Any, y: Any, *, wait: bool = True) -> Acknowledgement:
        """The targets of features that were sent earlier under these ids."""
        return await self.learn_many(None, y, ids=ids, wait=wait)

    async def flush(self) -> Acknowledgement:
        """Waits until all is acknowledged, and sums up the samples that nobody waited for."""
        await self._until(lambda: not self._session.pending)
        return self._tally.take()

    async def push_one(self, x: Any, y: Any = None, **keys: Any) -> None:
        """Sends one sample without a reply (socket `samples`); a full daemon holds this back."""
        await self._push(encoding.one(x, y, **keys))

    async def push_many(
        self, x: Any, y: Any = None, *, weights: Any = None, ids: Any = None, times: Any = None
    ) -> None:
        """Sends many samples without a reply."""
        for body in encoding.many(x, y, weights, ids, times):
            await self._push(body)

    async def _push(self, body: Body) -> None:
        async with self._connection("samples", zmq.PUSH, linger=self.timeout) as socket:
            message = body.message() if body.header else list(body.frames)
            try:
                await asyncio.wait_for(socket.send_multipart(message), self.timeout)
            except asyncio.TimeoutError:
                raise TimedOut(
                    "room", self.endpoints.samples, self.timeout, NO_DAEMON) from None

    async def _learn(self, body: Body, wait: bool) -> Acknowledgement:
        if not wait:
            self._unclaimed[self._append(body)] = body.rows
            await self._until(self._has_room)
            return Acknowledgement()
        outcome = await self._outcome(self._submit(body))
        if isinstance(outcome, Refused):
            raise outcome
        if not outcome.accepted and len(outcome.rejected) == 1:
            raise Refused(outcome.rejected[0].code, outcome.rejected[0].message)
        return outcome

    def _has_room(self) -> bool:
        return self._session.pending <= self._session.limit

    def _append(self, body: Body) -> int:
        ticket = self._session.append(body)
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._run())
        self._work.set()
        return ticket

    def _submit(self, body: Body) -> asyncio.Future[Outcome]:
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting[self._append(body)] = future
        return future

    async def _outcome(self, future: asyncio.Future[Outcome]) -> Outcome:
        """What becomes of a request, as long as the daemon goes on answering."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        while not future.done():
            left = max(start, self._heard_at) + self.timeout - loop.time()
            if left <= 0:
                self._give_up()
            await asyncio.wait((future,), timeout=left)
        return future.result()

    async def _until(self, is_done: Any) -> None:
        """Waits for a condition that answers bring about; each answer gives it more time."""
        async with self._progress:
            while not is_done():
                try:
                    await asyncio.wait_for(self._progress.wait(), self.timeout)
                except asyncio.TimeoutError:
                    self._give_up()
                if self._pump is not None and self._pump.done():
                    # It ends only with an error.
                    error = self._pump.exception()
                    if error is not None and not is_done():
                        raise error

    def _give_up(self) -> None:
        session, endpoint = self._session, self.endpoints.learn
        if session.producer is not None:
            raise TimedOut(
                "acknowledgement", endpoint, self.timeout,
                "start the daemon there, or raise the timeout; the samples stay to be sent",
                session.last_refusal)
        error = TimedOut(
            "acknowledgement", endpoint, self.timeout, LOST_REQUEST, session.last_refusal)
        session.forget()
        self._fail(error)
        if self._pump is not None:
            # The next request starts another one, with a connection of its own.
            self._pump.cancel()
            self._pump = None
        raise error

    def _fail(self, error: OsierError) -> None:
        """Tells everybody who waits for an outcome."""
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(error)
                future.exception()
        self._waiting.clear()
        self._unclaimed.clear()

    async def _run(self) -> None:
        """The one task that owns the `learn` connection."""
        # What an earlier one had on its way is asked for.
        self._session.reconnect()
        socket = self._connect("learn", zmq.DEALER, 0.0)
        try:
            while True:
                socket = await self._exchange(socket)
        except OsierError as error:
            self._fail(error)
            raise
        finally:
            socket.close()
            async with self._progress:
                self._progress.notify_all()

    async def _exchange(self, socket: zmq.asyncio.Socket) -> zmq.asyncio.Socket:
        """Sends what there is, and waits for an answer, for work, or until it is time to ask."""
        session, loop = self._session, asyncio.get_running_loop()
        self._work.clear()
        for message in session.outgoing(loop.time()):
            await socket.send_multipart(message)
        wait = session.wake_at - loop.time() if session.pending else math.inf
        timeout = None if math.isinf(wait) else max(0.0, wait)
        answer = asyncio.ensure_future(socket.poll())
        work = asyncio.ensure_future(self._work.wait())
        try:
            await asyncio.wait(
                (answer, work), timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        finally:
            work.cancel()
            answer.cancel()
        heard = False
        while await socket.poll(0):
            frames = await socket.recv_multipart()
            reply = replies.parse(frames[0], self.endpoints.learn)
            heard = session.receive(reply, loop.time()) or heard
        if heard:
            await self._deliver()
        elif session.pending and session.is_silent(loop.time()):
            socket.close()
            session.reconnect()
            return self._connect("learn", zmq.DEALER, 0.0)
        return socket

    async def _deliver(self) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        outcomes = self._session.outcomes
        for ticket in sorted(outcomes):
            outcome = outcomes.pop(ticket)
            future = self._waiting.pop(ticket, None)
            if future is None:
                self._tally.add(outcome, self._unclaimed.pop(ticket, 0))
            elif not future.done():
                future.set_result(outcome)
        async with self._progress:
            self._progress.notify_all()

    # --- predicting

    async def predict(
        self, x: Any, *, id: str | int | None = None, remember: bool = False,
        consistent: bool | None = None,
    ) -> Prediction:
        """The whole answer; see `Osier.predict`."""
        question = self._question(x, id, remember, consistent)
        frames = await self._ask("predict", [to_json(question)])
        return replies.prediction(self._object(frames[0]))

    async def predict_one(self, x: Any, **options: Any) -> Any:
        """The most probable class, or the number; options as in `predict`."""
        return (await self.predict(x, **options)).y

    async def predict_proba_one(self, x: Any, **options: Any) -> dict[Label, float]:
        """The probability of each class; options as in `predict`."""
        return self._probabilities(await self.predict(x, **options))

    async def predict_many(self, x: Any, *, consistent: bool | None = None) -> NDArray[Any]:
        """A class or number for each sample; see `Osier.predict_many`."""
        return self._best(await self._predict_many(x, consistent))

    async def predict_proba_many(
        self, x: Any, *, consistent: bool | None = None
    ) -> Probabilities:
        """The probability of each class for each sample."""
        return self._as_probabilities(await self._predict_many(x, consistent))

    async def _predict_many(
        self, x: Any, consistent: bool | None
    ) -> tuple[Probabilities | NDArray[np.float32], list[Rejection]]:
        parts = [
            self._part(await self._ask("predict", message))
            for message in self._questions(x, consistent)
        ]
        return self._joined(parts)

    # --- watching and commanding

    async def status(self) -> dict[str, Any]:
        """The daemon's whole state now."""
        state: dict[str, Any] = (await self.control("status"))["status"]
        return state

    async def control(self, op: str, **arguments: Any) -> dict[str, Any]:
        """Any command of the control socket by its name; sent once, see `Osier.control`."""
        frames = await self._ask("control", [to_json(command(op, arguments))], again=False)
        return replies.checked(frames[0], self.endpoints.control)

    async def export(self, format: str = "safetensors") -> bytes:
        """The model as the bytes of a file: `safetensors` or `onnx`."""
        request = [to_json({"op": "export", "format": format})]
        frames = await self._ask("control", request, again=False)
        replies.checked(frames[0], self.endpoints.control)
        return frames[1]

    async def events(self, *topics: str, timeout: float | None = None) -> AsyncIterator[Event]:
        """Messages of the status socket; see `Osier.events`."""
        socket = self._connect("status", zmq.SUB, 0.0)
        try:
            for topic in topics or ("",):
                socket.subscribe(topic)
            while await socket.poll(None if timeout is None else math.ceil(timeout * 1000)):
                heard, body = await socket.recv_multipart()
                yield Event(heard.decode(), replies.parse(body, self.endpoints.status))
        finally:
            socket.close()

    async def adaptations(self, *, timeout: float | None = None) -> AsyncIterator[Adaptation]:
        """Changes of the network's structure as they happen, the latest known one first."""
        async for event in self.events("adaptation", timeout=timeout):
            yield Adaptation.of(event.body)

    # --- sockets

    def _connect(self, name: str, kind: int, linger: float) -> zmq.asyncio.Socket:
        socket = self._context.socket(kind)
        socket.linger = math.ceil(linger * 1000)
        socket.ipv6 = True
        # What is pushed waits here for a daemon, not in a queue that nobody counts.
        socket.immediate = kind == zmq.PUSH
        socket.connect(self._endpoint(name))
        return socket

    @asynccontextmanager
    async def _connection(
        self, name: str, kind: int = zmq.DEALER, linger: float = 0.0
    ) -> AsyncIterator[zmq.asyncio.Socket]:
        """A connection of one's own; it is used again if nothing went wrong."""
        idle = self._idle.setdefault(name, [])
        socket = idle.pop() if idle else self._connect(name, kind, linger)
        try:
            yield socket
        except BaseException:
            # A late answer must not be taken for that of the next question.
            socket.close()
            raise
        idle.append(socket)

    async def _ask(self, name: str, message: list[bytes], *, again: bool = True) -> list[bytes]:
        """The reply to one request, asked again while there is time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.timeout
        while True:
            left = max(0.0, deadline - loop.time())
            wait = min(left, self.resend_after) if again else left
            try:
                async with self._connection(name) as socket:
                    await socket.send_multipart(message)
                    if not await socket.poll(math.ceil(wait * 1000)):
                        raise TimedOut(
                            "reply", self._endpoint(name), self.timeout,
                            NO_DAEMON if again else UNANSWERED)
                    return await socket.recv_multipart()
            except TimedOut:
                if not again or loop.time() >= deadline:
                    raise

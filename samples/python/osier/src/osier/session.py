"""Acknowledged samples: what is sent when, and what an answer means.

Nothing here has a socket or a clock; the clients for threads and for asyncio share it.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass, field
from typing import Any, Literal, Union

from .encoding import Body, to_json
from .errors import AcknowledgedDataLost, ProducerInUse, Refused
from .messages import Acknowledgement, Rejection
from .replies import rejections

log = logging.getLogger("osier")

#: What becomes of a request in the end.
Outcome = Union[Acknowledgement, Refused]

OnLost = Literal["raise", "continue"]


@dataclass
class Request:
    """Samples that the daemon has not answered for good."""

    #: Never changes, unlike the number on the wire.
    ticket: int
    sequence: int
    body: Body
    #: Tells the answers to different sendings apart; `None` while it is not on its way.
    token: int | None = None


class Session:
    """The requests of one client on the `learn` socket, in order.

    With a producer, requests are numbered and several are on their way at a time; what is not
    acknowledged is sent again after a silence, and the daemon knows the numbers that it has, so
    nothing is learned twice. Without one, requests go one by one and none is ever repeated.
    """

    def __init__(
        self, producer: str | None, *, last_acknowledged: int | None = None,
        max_in_flight: int = 64, resend_after: float = 1.0, on_lost: OnLost = "raise",
    ) -> None:
        if producer == "":
            raise ValueError("a producer has a name")
        self.producer = producer
        self.on_lost = on_lost
        self.resend_after = resend_after
        self.last_acknowledged = last_acknowledged or 0
        #: What the daemon said last to a request that it did not take yet.
        self.last_refusal: Refused | None = None
        #: What became of requests, by ticket; their owner takes them out.
        self.outcomes: dict[int, Outcome] = {}
        self._must_check = last_acknowledged is not None
        self._max_in_flight = max_in_flight
        self._credit = 1
        self._requests: list[Request] = []
        self._sent = 0
        self._last_sent = self.last_acknowledged
        self._next_sequence = self.last_acknowledged + 1
        self._next_ticket = 1
        self._next_token = 1
        # Numbered requests start with the question where to go on.
        self._is_asking = False
        self._must_ask = producer is not None
        self._knows_daemon = producer is None
        self._is_paused = False
        self._paused_until = 0.0
        self._resend_at = 0.0

    # --- what the owner of the socket asks

    @property
    def limit(self) -> int:
        """Requests that may be unanswered at a time."""
        return 1 if self.producer is None else min(self._credit, self._max_in_flight)

    @property
    def pending(self) -> int:
        """Requests that are not answered for good."""
        return len(self._requests)

    @property
    def wake_at(self) -> float:
        """When to look again though nothing came."""
        if self._is_paused:
            return self._paused_until
        return math.inf if self.producer is None else self._resend_at

    def append(self, body: Body) -> int:
        """Takes a request; it is sent when its turn comes. Returns its ticket."""
        self._requests.append(Request(self._next_ticket, self._next_sequence, body))
        self._next_ticket += 1
        self._next_sequence += 1
        return self._next_ticket - 1

    def forget(self) -> None:
        """Drops what is pending. Whether the daemon took what was sent is not known."""
        self._requests.clear()
        self._sent = 0

    def outgoing(self, now: float) -> list[list[bytes]]:
        """The messages to send now."""
        if self._must_ask and not self._is_asking:
            self._must_ask = False
            self._is_asking = True
            self._resend_at = now + self.resend_after
            return [[self._hello()]]
        self._is_paused = now < self._paused_until
        if self._is_asking or self._is_paused:
            return []
        messages = []
        while self._sent < min(self.limit, len(self._requests)):
            request = self._requests[self._sent]
            request.token = self._next_token
            self._next_token += 1
            self._sent += 1
            self._last_sent = max(self._last_sent, request.sequence)
            if self._sent == 1:
                self._resend_at = now + self.resend_after
            envelope: dict[str, Any] = {"id": request.token}
            if self.producer is not None:
                envelope |= {"producer": self.producer, "seq": request.sequence}
            messages.append(request.body.message(**envelope))
        return messages

    def is_silent(self, now: float) -> bool:
        """Whether to take a new connection and ask: nothing came for too long."""
        waits = self._is_asking or self._sent > 0
        return self.producer is not None and waits and now >= self._resend_at

    def reconnect(self) -> None:
        """The connection is new; what was on its way is asked for."""
        self._is_asking = False
        self._must_ask = self.producer is not None
        self._go_back(0)

    def receive(self, reply: dict[str, Any], now: float) -> bool:
        """Takes an answer. Returns whether the daemon took or refused something for good.

        Raises AcknowledgedDataLost or ProducerInUse.
        """
        self._resend_at = now + self.resend_after
        if "last_seq" in reply:
            if not self._is_asking:
                return False
            self._is_asking = False
            return self._greeted(reply)
        if "error" in reply:
            if self._is_asking and reply.get("id") is None:
                raise Refused.of(reply["error"])
            return self._refused(reply, now)
        return self._accepted(reply)

    # --- numbers

    def _hello(self) -> bytes:
        keys: dict[str, Any] = {"op": "hello", "producer": self.producer}
        if self._knows_daemon or self._must_check:
            keys["last_acked"] = self.last_acknowledged
        return to_json(keys)

    def _greeted(self, reply: dict[str, Any]) -> bool:
        has = int(reply["last_seq"])
        self._credit = max(1, int(reply.get("credit", 1)))
        is_first, self._knows_daemon = not self._knows_daemon, True
        if is_first and not self._must_check:
            # A producer that starts again goes on after what the daemon has.
            self.last_acknowledged = self._last_sent = has
            self._renumber(has + 1)
            return False
        if reply.get("lost") or has < self.last_acknowledged:
            self._lost(has)
            return False
        if has > self._last_sent:
            if not is_first:
                raise ProducerInUse(self.producer or "", self._last_sent, has)
            # Acknowledged later than the caller noted.
            self._last_sent = has
            self._renumber(has + 1)
        finished = self._finish(has, None)
        self._go_back(0)
        if self._requests and self._requests[0].sequence > has + 1 or not self._requests:
            self._renumber(has + 1)
        return finished

    def _accepted(self, reply: dict[str, Any]) -> bool:
        if self.producer is None:
            request = next((r for r in self._requests if r.token == reply.get("id")), None)
        else:
            sequence = reply.get("seq")
            request = next((r for r in self._requests if r.sequence == sequence), None)
        return request is not None and self._finish(request.sequence, acknowledgement(reply))

    def _finish(self, sequence: int, last: Acknowledgement | None) -> bool:
        """The daemon has all requests up to a number: it takes them in order."""
        count = sum(request.sequence <= sequence for request in self._requests)
        for request in self._requests[:count]:
            told = request.sequence == sequence and last is not None
            # Where the reply was lost it cannot be known how many samples were refused.
            self.outcomes[request.ticket] = (
                last if told and last is not None
                else Acknowledgement(accepted=request.body.rows, duplicates=1)
            )
        del self._requests[:count]
        self._sent = max(0, self._sent - count)
        self.last_acknowledged = max(self.last_acknowledged, sequence)
        return count > 0

    def _refused(self, reply: dict[str, Any], now: float) -> bool:
        token = reply.get("id")
        sent = self._requests[: self._sent]
        index = next((i for i, one in enumerate(sent) if one.token == token), None)
        if index is None:
            return False
        error = reply["error"]
        refusal = Refused.of(error)
        if refusal.code in ("busy", "paused"):
            self.last_refusal = refusal
            self._go_back(index)
            wait = reply.get("retry_after_ms", error.get("retry_after_ms")) or 100
            self._pause(min(60.0, max(0.001, wait / 1000)), now)
            return False
        if refusal.code == "gap" and self.producer is not None:
            self.last_refusal = refusal
            self._resume(reply.get("expected", error.get("expected")))
            return False
        request = self._requests.pop(index)
        self._sent -= 1
        self.outcomes[request.ticket] = refusal
        return True

    def _pause(self, seconds: float, now: float) -> None:
        self._paused_until = now + seconds
        self._is_paused = True
        self._resend_at = self._paused_until + self.resend_after

    def _resume(self, expected: int | None) -> None:
        """The daemon wants another number next than it got."""
        known = [request.sequence for request in self._requests]
        if expected is None:
            self._must_ask = True
        elif expected in known:
            self._go_back(known.index(expected))
        elif expected <= self.last_acknowledged:
            self._lost(expected - 1)
        elif known and expected < known[0]:
            # It did not count a request that it refused, so the number is free again.
            self._renumber(expected)
        else:
            self._must_ask = True

    def _lost(self, has: int) -> None:
        acknowledged, self.last_acknowledged = self.last_acknowledged, has
        if self.on_lost == "raise":
            raise AcknowledgedDataLost(self.producer or "", acknowledged, has)
        log.warning(
            'producer "%s": request %d was acknowledged, but the daemon has only %d; going on',
            self.producer, acknowledged, has)
        self._last_sent = has
        self._renumber(has + 1)

    def _renumber(self, first: int) -> None:
        self._go_back(0)
        for offset, request in enumerate(self._requests):
            request.sequence = first + offset
        self._next_sequence = first + len(self._requests)

    def _go_back(self, index: int) -> None:
        for request in self._requests[index:]:
            request.token = None
        self._sent = min(self._sent, index)


def acknowledgement(reply: dict[str, Any]) -> Acknowledgement:
    """What a reply of `learn` says."""
    return Acknowledgement(
        accepted=int(reply.get("accepted", 0)), rejected=rejections(reply),
        duplicates=1 if reply.get("duplicate") else 0, offset=reply.get("offset"),
        durable=bool(reply.get("durable", True)))


@dataclass
class Tally:
    """Sums up the outcomes of several requests."""

    total: Acknowledgement = field(default_factory=Acknowledgement)
    samples: int = 0

    def add(self, outcome: Outcome, rows: int) -> None:
        """Takes in what became of a request of so many samples."""
        if isinstance(outcome, Refused):
            outcome = Acknowledgement(
                rejected=[
                    Rejection(index, outcome.code, outcome.message) for index in range(rows)],
                durable=self.total.durable)
        self.total.add(outcome, self.samples)
        self.samples += rows

    def take(self) -> Acknowledgement:
        """The sum so far; the tally starts again."""
        total, self.total, self.samples = self.total, Acknowledgement(), 0
        return total

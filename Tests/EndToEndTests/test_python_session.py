"""The Python client's window of numbered requests against a made-up daemon that misbehaves."""

import json
import random

import pytest

from osier.encoding import one
from osier.session import Session


class MadeUpDaemon:
    """Counts as the protocol says; is busy, forgets to answer and loses requests by chance."""

    def __init__(self, chance, counts_refused):
        self.chance = chance
        self.counts_refused = counts_refused
        self.last = 0
        self.learned = []

    def answer(self, frames):
        """The reply, or `None` where request or reply was lost."""
        request = json.loads(frames[0])
        if self.chance.random() < 0.1:
            return None
        reply = self.take(request, frames)
        return None if self.chance.random() < 0.1 else reply

    def take(self, request, frames):
        if request.get("op") == "hello":
            return {"ok": True, "last_seq": self.last, "credit": 8,
                    "lost": request.get("last_acked", 0) > self.last}
        seq, token = request["seq"], request["id"]
        if self.chance.random() < 0.1:
            return {"error": {"code": "busy", "message": "full"}, "id": token, "retry_after_ms": 5}
        if seq > self.last + 1:
            return {"error": {"code": "gap", "message": "missing"}, "id": token,
                    "expected": self.last + 1}
        if seq <= self.last:
            return {"ok": True, "seq": seq, "accepted": 1, "duplicate": True, "id": token}
        sample = json.loads(frames[1])[0]
        if sample["y"] % 7 == 0:
            self.last += self.counts_refused
            return {"error": {"code": "bad_value", "message": "a seven"}, "id": token}
        self.last = seq
        self.learned.append(sample["y"])
        return {"ok": True, "seq": seq, "accepted": 1, "id": token}


@pytest.mark.parametrize("counts_refused", [True, False])
@pytest.mark.parametrize("seed", range(40))
def test_every_sample_is_learned_once_and_in_order(seed, counts_refused):
    daemon = MadeUpDaemon(random.Random(seed), counts_refused)
    session = Session("p", max_in_flight=5, resend_after=1.0)
    now, todo = 0.0, list(range(200))
    wire = []
    for _ in range(100_000):
        while todo and session.pending < 12:
            session.append(one([1.0], todo.pop(0)))
        messages = session.outgoing(now)
        assert len(messages) <= 5
        wire += [daemon.answer(message) for message in messages]
        if not wire and not todo and not session.pending:
            break
        if wire:
            reply = wire.pop(0)
            now += 0.001
            if reply is not None:
                session.receive(reply, now)
        else:
            now = max(now, session.wake_at)
        if session.is_silent(now):
            wire.clear()
            session.reconnect()
    assert not session.pending and len(session.outcomes) == 200
    assert daemon.learned == [number for number in range(200) if number % 7]

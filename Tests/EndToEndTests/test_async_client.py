"""The asyncio client of the Python package against the real daemon."""

import asyncio
import dataclasses
import signal

import numpy as np
import pytest

from network import CutWire
from osier import AsyncOsier, Endpoints, NoModel, Refused, TimedOut
from process import DEADLINE, SOCKETS
from streams import two_classes


def run(daemon, body, **options):
    """Runs `body(client)` in an event loop of its own."""

    async def all_of_it():
        endpoints = (
            daemon if isinstance(daemon, Endpoints)
            else Endpoints.from_port_file(daemon.port_file))
        async with AsyncOsier(endpoints, **({"timeout": DEADLINE} | options)) as client:
            return await body(client)

    return asyncio.run(all_of_it())


async def fingerprint(client, x):
    """The bits of a model's answers."""
    answer = await client.predict_proba_many(x[:200])
    return answer.p.tobytes(), tuple(answer.classes), answer.model.samples


def test_it_learns_and_predicts(start):
    async def body(client):
        with pytest.raises(NoModel):
            await client.predict_one([0.0, 0.0, 0.0])
        x, y = two_classes(600)
        assert (await client.learn_many(x, y)).accepted == 600
        assert ((await client.predict_many(x)) == np.asarray(y)).mean() > 0.95
        assert (await client.predict_proba_many(x)).classes == ["UP", "DOWN"]
        assert (await client.predict(x[0])).model.samples == 600
        assert sum((await client.predict_proba_one(x[0])).values()) == pytest.approx(1)
        with pytest.raises(Refused, match="shape_mismatch"):
            await client.learn_one([1.0], "UP")

    run(start(), body)


@pytest.mark.parametrize("producer", [None, "p"])
def test_what_is_learned_at_the_same_time_keeps_its_order(start, producer):
    x, y = two_classes(500)

    async def at_once(client):
        told = await asyncio.gather(
            *(client.learn_one(row, label) for row, label in zip(x, y, strict=True)))
        assert sum(one.accepted for one in told) == 500
        return await fingerprint(client, x)

    async def in_turn(client):
        for row, label in zip(x, y, strict=True):
            await client.learn_one(row, label, wait=False)
        assert (await client.flush()).accepted == 500
        return await fingerprint(client, x)

    answers = {run(start(), way, producer=producer) for way in (at_once, in_turn)}
    assert len(answers) == 1


def test_each_of_many_questions_gets_its_own_answer(start):
    async def body(client):
        for value, label in ((1.0, "UP"), (-1.0, "DOWN")) * 200:
            await client.learn_one({"a": value}, label, wait=False)
        await client.flush()
        signs = np.random.default_rng(1).choice([-1.0, 1.0], 200)
        answers = await asyncio.gather(*(client.predict_one({"a": sign}) for sign in signs))
        assert answers == ["UP" if sign > 0 else "DOWN" for sign in signs]

    run(start(), body)


def test_connections_that_break_lose_and_repeat_nothing(start):
    x, y = two_classes(1_000)

    async def body(client):
        for row, label in zip(x, y, strict=True):
            await client.learn_one(row, label, wait=False)
        assert (await client.flush()).accepted == 1_000
        assert (await client.status())["stream"]["learned"] == 1_000
        return await fingerprint(client, x)

    answers = set()
    for limit in (None, 20_000):
        daemon = start()
        wire = CutWire(daemon.endpoint("learn"), limit)
        endpoints = dataclasses.replace(
            Endpoints.from_port_file(daemon.port_file), learn=wire.endpoint)
        answers.add(run(endpoints, body, producer="p", resend_after=0.2))
        wire.close()
    assert wire.cuts >= 3 and len(answers) == 1


def test_a_restart_is_survived(start):
    daemon = start()
    ports = [f"sockets.{name}={daemon.endpoint(name)}" for name in SOCKETS]

    async def body(client):
        for _ in range(5):
            await client.learn_one([1.0], "UP")
        daemon.signal(signal.SIGKILL)
        daemon.process.wait()
        start(*ports)
        for _ in range(7):
            await client.learn_one([1.0], "UP")
        assert await client.predict_one([1.0]) == "UP"
        return (await client.status())["stream"]["learned"], client.last_acknowledged

    assert run(daemon, body, producer="p", resend_after=0.1, on_lost="continue") == (7, 7)


@pytest.mark.parametrize("producer", [None, "p"])
def test_who_does_not_answer_is_named(start, producer):
    daemon = start()
    daemon.stop()

    async def body(client):
        for act in (client.learn_one([1.0], "UP"), client.predict([1.0]), client.ping()):
            with pytest.raises(TimedOut, match="start the daemon"):
                await act
        with pytest.raises(TimedOut) as caught:
            await client.flush()
        raise caught.value

    # Without a producer nothing is left to be flushed.
    if producer is None:
        with pytest.raises(pytest.fail.Exception):
            run(daemon, body, timeout=0.2)
    else:
        with pytest.raises(TimedOut):
            run(daemon, body, producer=producer, timeout=0.2)


def test_a_client_that_gave_up_goes_on_when_the_daemon_is_back(start):
    daemon = start()
    ports = [f"sockets.{name}={daemon.endpoint(name)}" for name in SOCKETS]

    async def body(client):
        daemon.stop()
        for _ in range(2):
            with pytest.raises(TimedOut):
                await client.learn_one([1.0], "UP")
        start(*ports)
        client.timeout = DEADLINE
        return (await client.learn_one([1.0], "UP")).accepted

    assert run(daemon, body, timeout=0.2) == 1


def test_events_are_heard(start):
    async def body(client):
        async for event in client.events("status"):
            return event
        return None

    event = run(start(), body)
    assert event.topic == "status" and event.body["state"] == "running"

"""The commands of the control socket, the same for both clients."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, Literal, TypeVar

#: What a command gives: the reply, or an awaitable of it.
Reply = TypeVar("Reply")


class Operations(ABC, Generic[Reply]):
    """Each takes effect between two samples; its reply is the daemon's, as a dictionary.

    A refused command raises `Refused`; what a version of the daemon lacks has the code
    `unsupported`. Arguments that are `None` are left out.
    """

    @abstractmethod
    def control(self, op: str, **arguments: Any) -> Reply:
        """Any command by its name."""

    def ping(self) -> Reply:
        """The daemon's version."""
        return self.control("ping")

    def schema(self) -> Reply:
        """Features and classes with their statistics."""
        return self.control("schema")

    def digest(self) -> Reply:
        """The SHA-256 of the learner's whole state and the journal offset that it belongs to."""
        return self.control("digest")

    def pause(self) -> Reply:
        """Learning stops; predictions go on."""
        return self.control("pause")

    def resume(self) -> Reply:
        """Learning goes on."""
        return self.control("resume")

    def checkpoint(self) -> Reply:
        """Waits until a checkpoint is durable."""
        return self.control("checkpoint")

    def grow(self, layer: int, units: int, *, member: int | None = None) -> Reply:
        """Adds units to a hidden layer; the function stays the same."""
        return self.control("grow", layer=layer, units=units, member=member)

    def shrink(self, layer: int, units: int, *, member: int | None = None) -> Reply:
        """Takes units away."""
        return self.control("shrink", layer=layer, units=units, member=member)

    def insert_layer(
        self, layer: int, units: int | None = None, *, member: int | None = None
    ) -> Reply:
        """A new hidden layer with this index; the function stays the same."""
        return self.control("insert_layer", layer=layer, units=units, member=member)

    def remove_layer(self, layer: int, *, member: int | None = None) -> Reply:
        """Takes a hidden layer away."""
        return self.control("remove_layer", layer=layer, member=member)

    def prune(
        self, criterion: Literal["magnitude", "gradient"], scope: Literal["units", "connections"],
        *, fraction: float | None = None, threshold: float | None = None,
        member: int | None = None,
    ) -> Reply:
        """Cuts away what matters least."""
        return self.control(
            "prune", criterion=criterion, scope=scope, fraction=fraction, threshold=threshold,
            member=member)

    def restore(
        self, method: Literal["random", "greedy"], fraction: float, *, member: int | None = None
    ) -> Reply:
        """Brings back what was cut away."""
        return self.control("restore", method=method, fraction=fraction, member=member)

    def refresh(self, fraction: float, *, member: int | None = None) -> Reply:
        """Starts dormant and least useful units anew: this share of those that are mature."""
        return self.control("refresh", fraction=fraction, member=member)

    def distill(self, hidden: Sequence[int], *, member: int | None = None) -> Reply:
        """A new network learns from the present one; the outcome is an adaptation."""
        return self.control("distill", hidden=list(hidden), member=member)

    def controller(
        self, policy: Literal["rules", "q-learning", "dqn", "off"] | None = None,
        mode: Literal["act", "observe"] | None = None,
    ) -> Reply:
        """Who changes the structure, and whether it may."""
        return self.control("controller", policy=policy, mode=mode)

    def budget(
        self, *, cpu_fraction: float | None = None, memory_bytes: int | None = None,
        predict_p99_microseconds: float | None = None, max_parameters: int | None = None,
    ) -> Reply:
        """What the daemon may use."""
        return self.control(
            "budget", cpu_fraction=cpu_fraction, memory_bytes=memory_bytes,
            predict_p99_microseconds=predict_p99_microseconds, max_parameters=max_parameters)

    def optimizer(self, **keys: Any) -> Reply:
        """Keys of the configuration's `optimizer` section."""
        return self.control("optimizer", **keys)

    def schedule(self, **keys: Any) -> Reply:
        """Keys of the configuration's `schedule` section."""
        return self.control("schedule", **keys)

    def shutdown(self) -> Reply:
        """The daemon drains, saves and ends."""
        return self.control("shutdown")


def command(op: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The request for a command."""
    return {"op": op} | {name: value for name, value in arguments.items() if value is not None}

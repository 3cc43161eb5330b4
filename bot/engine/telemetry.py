"""Telemetry: counts and logs what happens and how long it took, under one trace from the input to its deliveries.

A trace is the row that it began with, "input-17" or "timer-4": it is kept with each message, so that it holds over a
restart and over all replicas. Nothing that anybody wrote, and nobody's name or number, is in any of it.
"""

from __future__ import annotations

import logging
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram

log = logging.getLogger("krisebot.event")

# From what nobody notices to what somebody has to know of, in seconds.
QUICK = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300)
SLOW = (0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 3600)
URGENCIES = ("urgent", "ordinary", "routine")


class Telemetry:
    """The figures of one process, from its start."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._waited = Histogram(
            "krisebot_input_wait_seconds",
            "From an input was received until it was handled",
            ["platform"],
            buckets=QUICK,
            registry=self.registry,
        )
        self._late = Histogram(
            "krisebot_timer_late_seconds",
            "From a timer was due until it was done",
            buckets=QUICK,
            registry=self.registry,
        )
        self._took = Histogram(
            "krisebot_turn_seconds", "How long a turn took", ["what"], buckets=QUICK, registry=self.registry
        )
        self._on_its_way = Histogram(
            "krisebot_delivery_seconds",
            "From something was said until the platform had it",
            ["platform", "urgency"],
            buckets=SLOW,
            registry=self.registry,
        )
        self._failed = Counter("krisebot_failures", "What went wrong", ["what"], registry=self.registry)
        for what in ("turn", "delivery", "retry"):
            self._failed.labels(what)
        self._strange = Counter(
            "krisebot_not_understood",
            "What was rightly signed, acknowledged, and not ours or not made as we know it",
            ["platform"],
            registry=self.registry,
        )

    def received(self, trace: str, platform: str, kind: str) -> None:
        """Count and log an input that is on disk."""
        log.info("received", extra={"event": "input.received", "trace": trace, "platform": platform, "kind": kind})

    def not_understood(self, platform: str, why: str) -> None:
        """Count and log what was rightly signed and is of no use.

        Args:
            why: what was stumbled over; nothing of what was written.
        """
        self._strange.labels(platform).inc()
        told = {"event": "input.not_understood", "platform": platform, "why": why}
        log.info("not understood: %s", why, extra=told)

    def handled(self, trace: str, platform: str, received_at: datetime, now: datetime, took: float) -> None:
        """Count and log an input whose turn is over, with how long it waited and took.

        Args:
            received_at, now: UTC, by the bot's clock.
            took: seconds by the machine's.
        """
        waited = max(0.0, (now - received_at).total_seconds())
        self._waited.labels(platform).observe(waited)
        self._took.labels("input").observe(took)
        told = {"waited": round(waited, 3), "took": round(took, 3)}
        log.info("handled", extra={"event": "input.handled", "trace": trace, "platform": platform, **told})

    def fired(self, trace: str, kind: str, due_at: datetime, now: datetime, took: float) -> None:
        """Count and log a timer whose turn is over, with how late it was; the arguments are as for `handled`."""
        late = max(0.0, (now - due_at).total_seconds())
        self._late.observe(late)
        self._took.labels("timer").observe(took)
        told = {"late": round(late, 3), "took": round(took, 3)}
        log.info("fired", extra={"event": "timer.fired", "trace": trace, "kind": kind, **told})

    def turn_failed(self, trace: str, error: Exception) -> None:
        """Count and log a turn that was rolled back."""
        self._failed.labels("turn").inc()
        log.error("failed", extra={"event": "turn.failed", "trace": trace}, exc_info=error)

    def delivered(
        self,
        trace: str | None,
        platform: str,
        urgency: int,
        said_at: datetime,
        now: datetime,
        attempts: int,
        change: bool,
    ) -> None:
        """Count and log a message, or a change of one, that the platform has taken.

        Args:
            said_at, now: UTC, by the bot's clock.
            attempts: how often it had been tried in vain.
            change: whether something changed that stood there already.
        """
        took = max(0.0, (now - said_at).total_seconds())
        if not change:
            self._on_its_way.labels(platform, URGENCIES[urgency]).observe(took)
        told = {"took": round(took, 3), "attempts": attempts, "change": change}
        log.info("sent", extra={"event": "delivery.sent", "trace": trace or "", "platform": platform, **told})

    def not_delivered(self, trace: str | None, platform: str, *, for_good: bool, attempts: int) -> None:
        """Count and log a try that failed.

        Args:
            for_good: whether there will be no other.
            attempts: how often it has been tried in vain.
        """
        self._failed.labels("delivery" if for_good else "retry").inc()
        event = "delivery.failed" if for_good else "delivery.retried"
        told = {"platform": platform, "attempts": attempts}
        log.warning("not sent", extra={"event": event, "trace": trace or "", **told})

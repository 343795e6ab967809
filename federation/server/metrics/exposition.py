"""The text of a scrape, by the client library of Prometheus: this module alone imports it, at the first scrape."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from federation.server.metrics import catalogue
from federation.server.metrics.catalogue import Counted
from federation.server.metrics.gauges import GaugeReading
from federation.server.metrics.slots import Totals

_SECOND: Final = 1_000_000_000


def exposition(totals: Totals, readings: Iterator[GaugeReading], accept: str) -> tuple[str, bytes]:
    """Return content type and text of a scrape with the header *accept*: the text format of Prometheus, or OpenMetrics where it asks."""
    registry = CollectorRegistry()
    registry.register(_Scrape(totals, readings))
    encode, content_type = choose_encoder(accept)
    return content_type, encode(registry)


class _Scrape(Collector):
    def __init__(self, totals: Totals, readings: Iterator[GaugeReading]) -> None:
        self._totals, self._readings = totals, readings

    def describe(self) -> tuple[()]:
        """Return nothing: the registry is of one scrape, and has no other collector."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield every metric of the catalogue."""
        for counted in catalogue.COUNTED:
            yield _histogram(counted, self._totals) if counted.bounds else _counter(counted, self._totals)
        gauges = {gauge.name: GaugeMetricFamily(gauge.name, gauge.meaning, labels=gauge.labels) for gauge in catalogue.READ}
        for metric, labels, value in self._readings:
            gauges[metric.name].add_metric(labels, value)
        yield from gauges.values()


def _counter(counted: Counted, totals: Totals) -> Metric:
    family = CounterMetricFamily(counted.name, counted.meaning, labels=counted.labels)
    few = len(counted.columns) == 1  # a series that is always there is 0 before it is 1, so that rate() sees the first
    for row, first in enumerate(counted.rows):
        for value, rest in zip(totals.row(counted, row) or [0] * few, counted.columns, strict=False):
            if value or few:
                family.add_metric(((first, *rest) if counted.labels else ()), value)
    return family


def _histogram(counted: Counted, totals: Totals) -> Metric:
    family = HistogramMetricFamily(counted.name, counted.meaning, labels=counted.labels)
    ends = [*(repr(bound / _SECOND) for bound in counted.bounds), "+Inf"]
    for row, first in enumerate(counted.rows):
        words = totals.row(counted, row)
        if words:
            family.add_metric((first,), list(zip(ends, accumulate(words[:-1]), strict=True)), words[-1] / _SECOND)
    return family

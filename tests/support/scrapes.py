"""Scrapes of a server, parsed as Prometheus parses them."""

from __future__ import annotations

import shutil
import subprocess
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

Sample = tuple[str, frozenset[tuple[str, str]]]


def parsed(text: str) -> dict[Sample, float]:
    """The samples of a scrape, by name and labels."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def sum_of(samples: dict[Sample, float], name: str, **labels: str) -> float:
    """The sum of the samples *name* that have *labels*."""
    return sum(value for (each, found), value in samples.items() if each == name and labels.items() <= found)


def scrape(url: str) -> str:
    """The text that a server answers to a scrape, by a connection of its own."""
    with urllib.request.urlopen(f"{url}/metrics", timeout=60) as answer:  # noqa: S310 - our own server
        text: str = answer.read().decode("utf-8")
        return text


def lint(text: str) -> str | None:
    """What promtool objects to in a scrape; None where promtool is not installed."""
    tool = shutil.which("promtool")
    if tool is None:
        return None
    done = subprocess.run([tool, "check", "metrics"], input=text, text=True, capture_output=True, timeout=60, check=False)
    return done.stdout + done.stderr

"""The server itself speaks TLS: a new certificate is taken over without a failed request, a broken one is refused."""

import http.client
import json
import os
import socket
import ssl
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

import pytest
from cryptography import x509

from federation.server.settings import TlsFiles
from tests.support.certificates import LOOPBACK, Authority, pair
from tests.support.server import Served, need_server, serve

PATIENCE_SECONDS = 90


@dataclass
class Secured:
    server: Served
    authority: Authority
    files: TlsFiles

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority.certificate))

    def connection(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(LOOPBACK, self.server.port, timeout=20, context=self.context())

    def get(self, path: str) -> tuple[int, str]:
        connection = self.connection()
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def serial(self) -> int:
        """The serial number of the certificate that a new connection gets."""
        with (
            socket.create_connection((LOOPBACK, self.server.port), timeout=20) as raw,
            self.context().wrap_socket(raw, server_hostname=LOOPBACK) as secured,
        ):
            octets = secured.getpeercert(binary_form=True)
        assert octets is not None
        return x509.load_der_x509_certificate(octets).serial_number

    def told(self, outcome: str) -> dict[str, str]:
        ends = monotonic() + PATIENCE_SECONDS
        while monotonic() < ends:
            for line in self.server.lines():
                entry: dict[str, str] = json.loads(line)
                if (entry.get("event"), entry.get("outcome")) == ("certificate", outcome):
                    return entry
            sleep(0.05)
        pytest.fail(f"the log never told that a certificate was {outcome}: {self.server.lines()[-5:]}")


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[Secured]:
    need_server()
    authority, files = Authority(tmp_path), pair(tmp_path)
    authority.certify(files)
    options = ["--workers", "2", "--tls-certificate", str(files.certificate), "--tls-key", str(files.key)]
    running = Secured(serve(tmp_path / "access.log", *options), authority, files)
    yield running
    assert running.server.stop() == 0


def test_a_new_certificate_is_taken_over_and_no_request_fails(secured: Secured) -> None:
    assert secured.server.url == f"https://{LOOPBACK}:{secured.server.port}"
    before, workers = secured.serial(), secured.server.workers()
    ended, failed, answered = Event(), list[str](), list[int]()

    def client() -> None:
        kept = secured.connection()
        while not ended.is_set():
            try:
                kept.request("GET", "/health")
                answer = kept.getresponse()
                answer.read()
                answered.append(answer.status)
            except (OSError, http.client.HTTPException) as error:
                failed.append(repr(error))
        kept.close()

    clients = [Thread(target=client) for _ in range(4)]
    for each in clients:
        each.start()
    new = secured.authority.certify(secured.files)
    secured.told("taken over")
    ended.set()
    for each in clients:
        each.join()
    assert failed == []
    assert set(answered) == {200}
    assert {secured.serial() for _ in range(8)} == {new}
    assert new != before
    assert not set(workers) & set(secured.server.workers())
    assert 'federation_certificate_outcomes_total{outcome="taken over"} 1' in secured.get("/metrics")[1]


def test_a_broken_certificate_is_refused_and_the_former_one_is_served(secured: Secured) -> None:
    before, workers = secured.serial(), secured.server.workers()
    secured.files.certificate.write_text("no certificate", encoding="utf-8")
    assert secured.told("refused")["check"] == "tls-certificate"
    os.kill(workers[0], 9)  # the worker in its place starts with the pair that was checked
    for _ in range(20):
        if secured.server.workers() != workers:
            break
        sleep(0.1)
    status, metrics = secured.get("/metrics")
    assert (status, {secured.serial() for _ in range(8)}) == (200, {before})
    assert 'federation_certificate_outcomes_total{outcome="refused"} 1' in metrics
    assert 0.9 < float(metrics.partition("\nfederation_certificate_expires_days ")[2].split()[0]) <= 1


def test_old_versions_of_tls_and_plain_http_are_not_spoken(secured: Secured) -> None:
    old = secured.context()
    old.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with socket.create_connection((LOOPBACK, secured.server.port), timeout=20) as raw, pytest.raises(ssl.SSLError) as refusal:
        old.wrap_socket(raw, server_hostname=LOOPBACK)
    assert refusal.value.reason in ("TLSV1_ALERT_PROTOCOL_VERSION", "SSLV3_ALERT_HANDSHAKE_FAILURE")  # what the server answered
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        new = secured.context()
        new.minimum_version = new.maximum_version = version
        with socket.create_connection((LOOPBACK, secured.server.port), timeout=20) as raw:
            new.wrap_socket(raw, server_hostname=LOOPBACK).close()
    plain = http.client.HTTPConnection(LOOPBACK, secured.server.port, timeout=20)
    plain.request("GET", "/health")
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        plain.getresponse()
    plain.close()

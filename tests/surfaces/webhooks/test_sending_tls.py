"""Over TLS the certificate is checked for the name, though the connection goes to an address."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.surfaces.webhooks.builders import Receiver, listening
from yipan.kernel import clock
from yipan.surfaces.webhooks import sending, signing
from yipan.surfaces.webhooks.sending import Message, send

NAME = "hooks.example.com"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for NAME, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = clock.now()
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(built.public_bytes(serialization.Encoding.PEM) + private)
    return file


@pytest.fixture
def receiver(
    certificate: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Receiver]:
    """A receiver on this machine, whom every name leads to and whose certificate is trusted."""
    settings.YIPAN_WEBHOOK_PRIVATE_NETWORKS = True
    trusted = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(sending, "_trusted", lambda: trusted)

    def here(_: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", here)
    with listening(certificate) as heard:
        yield heard


def send_to(receiver: Receiver, name: str) -> sending.Outcome:
    url = f"https://{name}:{receiver.port}/hook"
    headers = signing.headers_of(
        message_id="1", at=clock.now(), body="{}", secrets_=[signing.new_secret()]
    )
    (outcome,) = send([Message(1, url, headers, "{}")])
    return outcome


def test_the_right_name_is_let_in(receiver: Receiver) -> None:
    assert send_to(receiver, NAME).is_success
    ((headers, _),) = receiver.got
    assert headers["host"] == f"{NAME}:{receiver.port}"


@pytest.mark.parametrize("name", ["other.example.com", "127.0.0.1", "example.com"])
def test_a_certificate_of_another_name_is_not(receiver: Receiver, name: str) -> None:
    outcome = send_to(receiver, name)
    assert outcome.status is None
    assert "CERTIFICATE_VERIFY_FAILED" in outcome.error
    assert receiver.got == []

"""Mutual TLS against a real TLS server on loopback that asks for a certificate of an authority made for the test."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from groupbill.errors import Unreachable
from groupbill.server import connect
from groupbill.settings import Settings


@dataclass(frozen=True)
class Authority:
    """A certificate authority."""

    folder: Path
    name: str
    key: EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def new(cls, folder: Path, name: str) -> Authority:
        key = generate_private_key(SECP256R1())
        made = _certificate(name, name, key, key, authority=True)
        (folder / f"{name}.pem").write_bytes(made.public_bytes(Encoding.PEM))
        return cls(folder, name, key, made)

    @property
    def file(self) -> Path:
        return self.folder / f"{self.name}.pem"

    def issue(self, name: str) -> tuple[Path, Path]:
        """Files of a certificate and its key."""
        key = generate_private_key(SECP256R1())
        made = _certificate(name, self.name, key, self.key)
        files = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        files[0].write_bytes(made.public_bytes(Encoding.PEM))
        files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return files


def _certificate(
    name: str,
    issuer: str,
    key: EllipticCurvePrivateKey,
    signer: EllipticCurvePrivateKey,
    *,
    authority: bool = False,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    )
    return builder.sign(signer, SHA256())


class _Handler(BaseHTTPRequestHandler):
    """Answers with the name on the client's certificate."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        peer = self.connection.getpeercert()  # type: ignore[attr-defined] - it is an SSLSocket
        name = peer["subject"][0][0][1]
        body = f'{{"resourceType": "Patient", "id": "{name}"}}'.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A handshake that fails is what some tests are about."""


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.new(tmp_path_factory.mktemp("ours"), "ours")


@pytest.fixture(scope="module")
def base(ours: Authority) -> Iterator[str]:
    certificate, key = ours.issue("server")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(ours.file)
    context.verify_mode = ssl.CERT_REQUIRED
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def settings(folder: Path, **files: Path) -> Settings:
    file = folder / "groupbill.toml"
    lines = [f'{name} = "{path}"' for name, path in files.items()]
    file.write_text("\n".join(["[server]", 'auth = "mtls"' if "certificate" in files else 'auth = "none"', *lines]))
    return Settings.load(file)


@pytest.mark.parametrize("elsewhere", [None, "theirs"])
def test_the_server_sees_our_certificate(
    base: str, ours: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: str | None
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    if elsewhere is not None:  # the settings count, whatever the environment says
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(Authority.new(tmp_path, elsewhere).file))
    certificate, key = ours.issue("groupbill")
    client = connect(base, settings(tmp_path, ca=ours.file, certificate=certificate, key=key))
    assert client.get("Patient/groupbill") == {"resourceType": "Patient", "id": "groupbill"}
    client.close()


def test_certificate_and_key_may_be_one_file(base: str, ours: Authority, tmp_path: Path) -> None:
    certificate, key = ours.issue("combined")
    both = tmp_path / "both.pem"
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    client = connect(base, settings(tmp_path, ca=ours.file, certificate=both))
    assert client.get("Patient/combined") is not None
    client.close()


def test_without_a_certificate_the_server_does_not_talk_to_us(base: str, ours: Authority, tmp_path: Path) -> None:
    client = connect(base, settings(tmp_path, ca=ours.file), pause=lambda _: None)
    with pytest.raises(Unreachable):
        client.get("Patient/nobody")
    client.close()


def test_a_certificate_of_another_authority_is_not_taken(base: str, ours: Authority, tmp_path: Path) -> None:
    certificate, key = Authority.new(tmp_path, "theirs").issue("stranger")
    client = connect(base, settings(tmp_path, ca=ours.file, certificate=certificate, key=key), pause=lambda _: None)
    with pytest.raises(Unreachable):
        client.get("Patient/nobody")
    client.close()


def test_a_server_of_an_authority_that_we_don_t_trust_is_not_asked(
    base: str, ours: Authority, tmp_path: Path
) -> None:
    certificate, key = ours.issue("careful")
    pauses: list[float] = []
    client = connect(base, settings(tmp_path, certificate=certificate, key=key), pause=pauses.append)
    with pytest.raises(Unreachable, match="SSLError"):
        client.get("Patient/nobody")
    assert pauses == [], "asking again changes nothing"
    client.close()

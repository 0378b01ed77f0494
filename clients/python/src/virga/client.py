"""A connection to a server, with a stub for each of its services."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import grpc

from virga.download import write_checked
from virga.v1.augmentations_pb2 import Augmentation, WatchAugmentationRequest, WatchAugmentationResponse
from virga.v1.augmentations_pb2_grpc import AugmentationServiceStub
from virga.v1.bundles_pb2_grpc import BundleServiceStub
from virga.v1.dead_letters_pb2_grpc import DeadLetterServiceStub
from virga.v1.presets_pb2_grpc import PresetServiceStub
from virga.v1.scenarios_pb2_grpc import ScenarioServiceStub
from virga.v1.tasks_pb2_grpc import TaskServiceStub
from virga.v1.variants_pb2 import DownloadVariantRequest, Variant
from virga.v1.variants_pb2_grpc import VariantServiceStub

ENDED = (Augmentation.STATE_SUCCEEDED, Augmentation.STATE_FAILED, Augmentation.STATE_CANCELLED)
OPTIONS = [
    ("grpc.initial_reconnect_backoff_ms", 250),
    ("grpc.max_reconnect_backoff_ms", 2_000),  # a server that is started again is found again within seconds
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.max_receive_message_length", 16 * 1024 * 1024),
]


def has_ended(augmentation: Augmentation) -> bool:
    """Whether nothing more happens to it, unless a dead task of it is redriven."""
    return augmentation.state in ENDED


class Client:
    """Stubs of all services, and what takes more than one call. Closed by `close()` or at the end of a `with`."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._channel = channel
        self.augmentations = AugmentationServiceStub(channel)
        self.bundles = BundleServiceStub(channel)
        self.dead_letters = DeadLetterServiceStub(channel)
        self.presets = PresetServiceStub(channel)
        self.scenarios = ScenarioServiceStub(channel)
        self.tasks = TaskServiceStub(channel)
        self.variants = VariantServiceStub(channel)

    def watch(self, name: str, patience_s: float = 60) -> Iterator[WatchAugmentationResponse]:
        """Follows an augmentation to its end, over servers that go away and come back within `patience_s` seconds.

        Raises grpc.RpcError for any other failure; see `virga.error_info`.
        """
        revision, since = 0, time.monotonic()
        while True:
            try:
                request = WatchAugmentationRequest(name=name, after_revision=revision)
                for change in self.augmentations.WatchAugmentation(request):
                    since = time.monotonic()
                    yield change
                    if change.HasField("augmentation"):
                        revision = change.augmentation.revision
                        if has_ended(change.augmentation):
                            return
            except grpc.RpcError as error:
                away = isinstance(error, grpc.Call) and error.code() is grpc.StatusCode.UNAVAILABLE
                if not away or time.monotonic() - since > patience_s:
                    raise
            time.sleep(0.5)

    def download(self, variant: Variant, to: str | os.PathLike[str], path: str = "video.mp4") -> Path:
        """Brings a file of a variant: whole and with its digest, or not at all.

        Raises virga.DigestMismatch, OSError, grpc.RpcError.
        """
        return write_checked(self.variants.DownloadVariant(DownloadVariantRequest(name=variant.name, path=path)), to)

    def close(self) -> None:
        """Ends the connection and what runs over it."""
        self._channel.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def connect(
    server: str,
    *,
    token: str | None = None,
    tls: bool = False,
    ca: str | None = None,
    cert: str | None = None,
    key: str | None = None,
) -> Client:
    """Connects to `server` (HOST:PORT) with the first call.

    `token` goes with every call. TLS is used where `tls` is true or a PEM file is named: `ca` holds certificates that the server's must
    descend from (default: those that gRPC trusts), `cert` and `key` the caller's own, for mutual TLS. Raises OSError for a file that cannot
    be read, ValueError where of `cert` and `key` one is missing.
    """
    if (cert is None) != (key is None):
        raise ValueError("cert and key: expected both or none")

    def pem(file: str | None) -> bytes | None:
        return None if file is None else Path(file).read_bytes()

    if tls or ca is not None or cert is not None:
        credentials = grpc.ssl_channel_credentials(pem(ca), pem(key), pem(cert))
        channel = grpc.secure_channel(server, credentials, options=OPTIONS)
    else:
        channel = grpc.insecure_channel(server, options=OPTIONS)
    return Client(channel if token is None else grpc.intercept_channel(channel, _Token(token)))


class _Details(NamedTuple):
    method: str
    timeout: float | None
    metadata: Sequence[tuple[str, str | bytes]] | None
    credentials: grpc.CallCredentials | None
    wait_for_ready: bool | None
    compression: grpc.Compression | None


class _Token(
    grpc.UnaryUnaryClientInterceptor,
    grpc.UnaryStreamClientInterceptor,
    grpc.StreamUnaryClientInterceptor,
):
    """Sends `authorization: Bearer ...` with each call, over plain connections too, which gRPC's own call credentials refuse."""

    def __init__(self, token: str) -> None:
        self._header = ("authorization", f"Bearer {token}")

    def _intercept(self, continuation: Callable, details: grpc.ClientCallDetails, request: object) -> object:  # type: ignore[type-arg]
        known = {name: getattr(details, name, None) for name in _Details._fields}
        known["metadata"] = [*(known["metadata"] or ()), self._header]
        return continuation(_Details(**known), request)  # type: ignore[arg-type]

    intercept_unary_unary = intercept_unary_stream = intercept_stream_unary = _intercept  # type: ignore[assignment]

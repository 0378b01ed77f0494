import hashlib
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest

import virga
from virga.download import write_checked
from virga.v1.augmentations_pb2 import WatchAugmentationRequest
from virga.v1.augmentations_pb2_grpc import AugmentationServiceServicer, add_AugmentationServiceServicer_to_server
from virga.v1.common_pb2 import Blob
from virga.v1.variants_pb2 import DownloadVariantResponse

HERE = Path(__file__).resolve().parent.parent


def test_the_generated_code_is_that_of_the_protos() -> None:
    subprocess.run([sys.executable, HERE / "tools" / "generate.py", "--check"], check=True, stderr=subprocess.DEVNULL)


def test_the_example_brings_a_video(server: str, tmp_path: Path) -> None:
    video = tmp_path / "rain.mp4"
    command: list[str | Path] = [sys.executable, HERE / "examples" / "augment.py", server, video]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert video.read_bytes()[4:8] == b"ftyp"
    assert [path.name for path in tmp_path.iterdir()] == ["rain.mp4"]
    with virga.connect(server) as client:
        variants = client.variants.ListVariants(virga.ListVariantsRequest(parent="augmentations/-")).variants
        (blob,) = [file.blob for variant in variants for file in variant.files if file.path == "video.mp4"]
    assert blob.sha256 == hashlib.sha256(video.read_bytes()).hexdigest()


def test_an_error_names_its_reason_and_field(server: str) -> None:
    with virga.connect(server) as client:
        with pytest.raises(grpc.RpcError) as caught:
            client.scenarios.CreateScenario(virga.CreateScenarioRequest(scenario=virga.Scenario(uri="nonsense")))
        info = virga.error_info(caught.value)
    assert info is not None
    assert (info.reason, info.domain, info.metadata["field"]) == ("VIRGA_USAGE", "virga.dev", "uri")


def test_a_server_that_is_not_there_is_no_virga_error() -> None:
    with virga.connect("127.0.0.1:1") as client, pytest.raises(grpc.RpcError) as caught:
        next(client.watch("augmentations/a", patience_s=0))
    assert isinstance(caught.value, grpc.Call)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert virga.error_info(caught.value) is None


class Flaky(AugmentationServiceServicer):
    """Breaks the first stream off; a name is the token that the caller sent."""

    def __init__(self) -> None:
        self.revisions: list[int] = []

    def WatchAugmentation(
        self, request: WatchAugmentationRequest, context: grpc.ServicerContext
    ) -> Iterator[virga.WatchAugmentationResponse]:
        self.revisions.append(request.after_revision)
        sent = dict(context.invocation_metadata())
        state = virga.Augmentation.STATE_RUNNING if request.after_revision < 4 else virga.Augmentation.STATE_SUCCEEDED
        augmentation = virga.Augmentation(name=str(sent["authorization"]), state=state, revision=request.after_revision + 4)
        yield virga.WatchAugmentationResponse(augmentation=augmentation)
        if state is virga.Augmentation.STATE_RUNNING:
            context.abort(grpc.StatusCode.UNAVAILABLE, "goes away")


def test_a_watch_goes_on_where_it_broke_off_and_sends_its_token() -> None:
    service, server = Flaky(), grpc.server(ThreadPoolExecutor(1))  # type: ignore[abstract] # one method is called
    add_AugmentationServiceServicer_to_server(service, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with virga.connect(f"127.0.0.1:{port}", token="secret") as client:
        seen = [change.augmentation for change in client.watch("augmentations/a")]
    server.stop(0).wait()
    assert [one.revision for one in seen] == [4, 8]
    assert service.revisions == [0, 4]
    assert {one.name for one in seen} == {"Bearer secret"}


def test_what_does_not_have_its_digest_is_not_kept(tmp_path: Path) -> None:
    part = DownloadVariantResponse(blob=Blob(sha256="0" * 64, size_bytes=3), chunk=b"abc")
    with pytest.raises(virga.DigestMismatch):
        write_checked([part], tmp_path / "video.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_certificate_needs_its_key() -> None:
    with pytest.raises(ValueError, match="both or none"):
        virga.connect("localhost:1", cert="cert.pem")

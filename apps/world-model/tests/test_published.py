"""Published files to a bundle: what is found, what is refused, and (slow) that the fixture weights come through."""

from __future__ import annotations

import json
import os
import shutil
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from download import CASES, build_download, pieces
from parity import FIXTURES

from virga_world_model.errors import BadInputError, CheckpointMismatchError, DiskFullError
from virga_world_model.export.__main__ import main
from virga_world_model.published import bundle as module
from virga_world_model.published.bundle import import_bundle
from virga_world_model.published.files import find_files
from virga_world_model.published.sizes import graph_bytes, graph_parameters, published_sizes, read_sizes
from virga_world_model.published.t5 import read_pieces

AV = "cosmos-transfer1-7b-sample-av"
BASE = f"nvidia/{'Cosmos-Transfer1-7B-Sample-AV'}/base_model.pt"
needs_fixtures = pytest.mark.skipif(not (FIXTURES / "net_av").is_dir(), reason=f"no fixtures in {FIXTURES}")
Usage = namedtuple("Usage", "total used free")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("download")
    build_download(FIXTURES, AV, folder)
    return folder


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pristine, tmp_path / "download"))


def attempt(folder: Path, out: Path, **options: object) -> None:
    download = find_files(folder, AV, None)
    import_bundle(
        download, read_sizes(folder / "sizes.json"), str(options.get("precision", "fp32")), out, lambda _: None
    )


def change(path: Path, edit: Callable[[dict], None]) -> None:
    values = torch.load(path, weights_only=True)
    edit(values["ema"])
    torch.save(values, path)


@needs_fixtures
@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda t: t.pop("net-affline_norm-weight"), "missing affline_norm.weight"),
        (lambda t: t.update({"net-extra": torch.ones(1)}), "unexpected extra"),
        (
            lambda t: t.update({"net-affline_norm-weight": torch.ones(3)}),
            r"wrong shape affline_norm.weight \[3\] instead",
        ),
    ],
)
def test_keys_and_shapes_are_strict(folder: Path, tmp_path: Path, edit: Callable[[dict], None], expected: str) -> None:
    change(folder / BASE, edit)
    with pytest.raises(CheckpointMismatchError, match=expected):
        attempt(folder, tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["mismatch.txt"]


@needs_fixtures
def test_every_difference_is_listed(folder: Path, tmp_path: Path) -> None:
    change(folder / BASE, lambda t: [t.pop(k) for k in list(t)[:40]])
    with pytest.raises(CheckpointMismatchError, match=r"and 28 more.*mismatch\.txt"):
        attempt(folder, tmp_path / "out")
    assert (tmp_path / "out" / "mismatch.txt").read_text().count("missing ") == 40


@needs_fixtures
def test_files_of_another_model_are_told_apart(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / BASE, (folder / BASE).with_name("hdmap_control.pt"))
    with pytest.raises(CheckpointMismatchError, match=r"hdmap_control.*input_hint_block"):
        attempt(folder, tmp_path / "out")
    (folder / BASE).write_bytes((folder / BASE).read_bytes()[:5000])
    shutil.copy((folder / BASE).with_name("lidar_control.pt"), (folder / BASE).with_name("hdmap_control.pt"))
    with pytest.raises(BadInputError, match=r"base_model\.pt: contents: expected a checkpoint that can be read"):
        attempt(folder, tmp_path / "out")


@needs_fixtures
def test_missing_files_are_all_named(folder: Path) -> None:
    (folder / BASE).unlink()
    (folder / "google-t5" / "t5-11b" / "spiece.model").unlink()
    with pytest.raises(BadInputError, match=r"Sample-AV/base_model\.pt; google-t5/t5-11b/spiece\.model or tokenizer"):
        find_files(folder, AV, None)
    with pytest.raises(BadInputError, match="controls of cosmos-transfer1-7b-sample-av: hdmap, lidar; got vis"):
        find_files(folder, AV, ["vis"])
    with pytest.raises(BadInputError, match="one of cosmos-transfer1-7b, cosmos-transfer1-7b-sample-av; got mini"):
        find_files(folder, "mini", None)
    with pytest.raises(BadInputError, match="the folder holds neither"):
        find_files(folder / "google-t5", None, None)


@needs_fixtures
def test_a_full_disk_is_noticed_before_the_work(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _: Usage(10, 9, 1))
    with pytest.raises(DiskFullError, match=r"needs 0\.0 GB more, the disk has 0\.0 GB"):
        attempt(folder, tmp_path / "out")
    assert not list((tmp_path / "out").glob("*.onnx"))
    arguments = ["import", str(folder), "--model", AV, "--sizes", str(folder / "sizes.json"), "--json"]
    assert main([*arguments, "--out", str(tmp_path / "out")]) == 4
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "VIRGA_DISK_FULL"


@needs_fixtures
def test_another_bundle_is_left_alone(folder: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text('{"name": "mini"}')
    with pytest.raises(BadInputError, match="not another bundle"):
        attempt(folder, tmp_path)
    assert manifest.read_text() == '{"name": "mini"}'


def test_what_the_published_models_need() -> None:
    for model, base, control in (
        ("cosmos-transfer1-7b", 7_236_208_640, 893_497_120),
        (AV, 7_236_192_256, 891_645_728),
    ):
        numbers = graph_parameters(published_sizes(model), ["a"])
        assert numbers["base"] == base
        assert numbers["hint_a"] + numbers["control_a"] == control
        assert 4.8e9 < numbers["text_encoder"] < 4.95e9
        assert graph_bytes(numbers, "fp16")["base"] == pytest.approx(2 * base, rel=1e-3)


def test_pieces(tmp_path: Path) -> None:
    file = tmp_path / "spiece.model"
    file.write_bytes(pieces(8))
    assert read_pieces(file)["pieces"][3:6] == [["\u2581", -3.0], ["a", -4.0], ["b", -5.0]]
    file.write_bytes(pieces(8)[:-3])
    with pytest.raises(BadInputError, match="SentencePiece"):
        read_pieces(file)


@needs_fixtures
@pytest.mark.skipif(not os.environ.get("VIRGA_SLOW"), reason="exports six graphs, minutes; set VIRGA_SLOW=1")
@pytest.mark.parametrize("model", CASES)
@pytest.mark.parametrize("precision", ["fp32", "fp16", "bf16"])
def test_a_download_becomes_a_bundle_and_a_stopped_import_goes_on(tmp_path: Path, model: str, precision: str) -> None:
    sizes = read_sizes(build_download(FIXTURES, model, tmp_path / "in"))
    download, out, lines = find_files(tmp_path / "in", None, None), tmp_path / "out", []
    assert download.model == model

    def stop_at_base(line: str) -> None:
        if "] base:" in line and "PyTorch" not in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_bundle(download, sizes, precision, out, stop_at_base, 10_000)
    assert not (out / "manifest.json").exists()
    (out / ".base.onnx.data.part").write_bytes(b"half")
    manifest = import_bundle(download, sizes, precision, out, lines.append, 10_000)
    assert sum("already there" in line for line in lines) == 2 * len(download.controls)
    assert not list(out.glob("*.part"))
    for name, entry in manifest["graphs"].items():
        assert entry["check"]["difference"] <= entry["check"]["tolerance"], name
        assert (out / entry["file"]).stat().st_size == entry["bytes"]
    assert json.loads((out / "manifest.json").read_text()) == manifest

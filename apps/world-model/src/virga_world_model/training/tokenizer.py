"""Stage `tokenizer`: fits the PCA encoder and the linear decoder in closed form, then trains the decoder's
residual network.

    python -m virga_world_model.training.tokenizer --data DIR --out DIR --minutes N [--closed-form-only]

The encoder is fixed from the first minute on, so latents may be cached and the network trained while the
decoder still learns.
Writes <out>/encoder.pt, <out>/decoder-linear.pt, <out>/decoder.pt (checkpoint) and decoder-loss.csv.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..atomic import write_atomically
from ..data.hints import control_frames
from ..data.scenes import Scene, list_scenes
from .loop import Loop, LoopConfig
from .mini_tokenizer import BLOCK, CHANNELS, VOXELS, MiniDecoder, PcaEncoder, to_blocks
from .run import Budget, prepare, stage_parser

# Share of the covariance's energy: colour video decides the basis, the controls get a say so that thin lines survive.
ENERGY = {"rgb": 1.0, "hdmap": 0.15, "lidar": 0.03, "depth": 0.06, "seg": 0.06, "edge": 0.05}
#: By whether a previous latent frame is read. A first frame is one image, so some channels never vary there:
#: little would
#: hold their weights, and a predicted latent that does use them would come out as a lattice.
LINEAR_RIDGE = {True: 1e-3, False: 3e-2}


def as_video(frames: np.ndarray) -> Tensor:
    """uint8 [T,H,W,3] -> float32 [1,3,T,H,W] in [-1,1]."""
    return torch.from_numpy(np.array(frames)).permute(3, 0, 1, 2)[None].float() / 127.5 - 1


def pca_basis(covariance: np.ndarray, rgb_covariance: np.ndarray) -> np.ndarray:
    """[1536,1536] x2 -> float32 [1536,16]: leading eigenvectors, each divided by the deviation of RGB blocks
    along it."""
    values, vectors = np.linalg.eigh(covariance)
    leading = vectors[:, np.argsort(values)[::-1][:CHANNELS]]
    leading *= np.where(leading.sum(0) < 0, -1, 1)
    deviation = np.sqrt(np.einsum("ij,ik,kj->j", leading, rgb_covariance, leading))
    return (leading / deviation).astype(np.float32)


def fit_encoder(scenes: list[Scene], rng: np.random.Generator, samples: int) -> PcaEncoder:
    """PCA of 8x8x8 blocks from `samples` random (scene, look, group) picks, and the controls of every fourth."""
    sums = {k: np.zeros((VOXELS, VOXELS)) for k in ENERGY}
    means = {k: np.zeros(VOXELS) for k in ENERGY}
    counts = dict.fromkeys(ENERGY, 0)

    def add(kind: str, frames: np.ndarray) -> None:
        blocks = to_blocks(as_video(frames)).reshape(-1, VOXELS)
        blocks = blocks[torch.from_numpy(rng.random(len(blocks)) < 0.5)].numpy()
        sums[kind] += (blocks.T @ blocks).astype(np.float64)
        means[kind] += blocks.sum(0)
        counts[kind] += len(blocks)

    for i in range(samples):
        scene = scenes[int(rng.integers(len(scenes)))]
        group = int(rng.integers((scene.frames - 1) // BLOCK)) * BLOCK
        # Two groups: frame 0 alone (as the first of a clip) and the eight after it.
        window = slice(group, group + BLOCK + 1)
        add("rgb", scene.rgb(scene.looks[int(rng.integers(len(scene.looks)))])[window])
        if i % 4 == 0:
            for kind, frames in control_frames(scene, window):
                if kind in ENERGY:
                    add(kind, frames)
    mean = means["rgb"] / counts["rgb"]
    covariance = {k: sums[k] / counts[k] - np.outer(means[k], means[k]) / counts[k] ** 2 for k in ENERGY}
    mixed = sum(ENERGY[k] * covariance[k] / np.trace(covariance[k]) for k in ENERGY)
    encoder = PcaEncoder()
    encoder.mean.copy_(torch.from_numpy(mean.astype(np.float32)))
    encoder.basis.copy_(torch.from_numpy(pca_basis(np.asarray(mixed), covariance["rgb"])))
    return encoder


def neighbourhood(latent: Tensor, temporal: bool) -> Tensor:
    """[1,16,T',h,w] -> [T'*h*w, 16*kt*9 + 1], the decoder's linear features in Conv3d weight order, with a
    constant last."""
    padded = F.pad(latent, (1, 1, 1, 1, 0, 0), mode="replicate")[0]
    patches = padded.unfold(2, 3, 1).unfold(3, 3, 1)  # 16,T',h,w,3,3
    if temporal:
        pairs = torch.stack([patches[:, :-1], patches[:, 1:]], 4)  # 16,T'-1,h,w,2,3,3
        rows = pairs.permute(1, 2, 3, 0, 4, 5, 6).reshape(-1, CHANNELS * 18)
    else:
        rows = patches[:, :1].permute(1, 2, 3, 0, 4, 5).reshape(-1, CHANNELS * 9)
    return torch.cat([rows, torch.ones(len(rows), 1)], 1)


def fit_linear_decoder(encoder: PcaEncoder, scenes: list[Scene], rng: np.random.Generator, samples: int) -> MiniDecoder:
    """Ridge regression from neighbouring latents to blocks; the residual network starts at zero."""
    widths = {True: CHANNELS * 18 + 1, False: CHANNELS * 9 + 1}
    xx = {k: np.zeros((n, n)) for k, n in widths.items()}
    xy = {k: np.zeros((n, VOXELS)) for k, n in widths.items()}
    rows = dict.fromkeys(widths, 0)
    for _ in range(samples):
        scene = scenes[int(rng.integers(len(scenes)))]
        start = int(rng.integers(max(1, (scene.frames - 17) // BLOCK + 1))) * BLOCK
        video = as_video(scene.rgb(scene.looks[int(rng.integers(len(scene.looks)))])[start : start + 17])
        latent, blocks = encoder(video), to_blocks(video)
        for temporal in widths:
            x = neighbourhood(latent, temporal).numpy()
            y = (blocks[:, 1:] if temporal else blocks[:, :1]).reshape(-1, VOXELS).numpy()
            xx[temporal] += x.T @ x
            xy[temporal] += x.T @ y
            rows[temporal] += len(x)
    decoder = MiniDecoder(width=0)
    for temporal, layer in ((True, decoder.linear), (False, decoder.first)):
        penalty = np.full(widths[temporal], LINEAR_RIDGE[temporal] * rows[temporal])
        penalty[-1] = 0
        weights = np.linalg.solve(xx[temporal] + np.diag(penalty), xy[temporal]).astype(np.float32)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(weights[:-1].T.copy()).view_as(layer.weight))
            layer.bias.copy_(torch.from_numpy(weights[-1]))
    return decoder


def reconstruction_loss(made: Tensor, truth: Tensor) -> Tensor:
    """Charbonnier + 0.25 spatial gradient + 0.2 temporal difference, videos [B,3,T,H,W]."""
    error = made - truth
    loss = torch.sqrt(error.square() + 1e-4).mean()
    loss = loss + 0.25 * (error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean())
    return loss + 0.2 * error.diff(dim=2).abs().mean()


class CropSource:
    """Random pixel crops of three latent frames: 17 frames x (rows x 8) x (columns x 8)."""

    def __init__(self, scenes: list[Scene], rows: int = 10, columns: int = 14, batch: int = 4) -> None:
        self.scenes, self.rows, self.columns, self.batch = scenes, rows, columns, batch

    def draw(self, rng: np.random.Generator) -> Tensor:
        """[batch,3,17,8*rows,8*columns] in [-1,1], half of them mirrored."""
        crops = []
        for _ in range(self.batch):
            scene = self.scenes[int(rng.integers(len(self.scenes)))]
            start = int(rng.integers((scene.frames - 17) // BLOCK + 1)) * BLOCK
            top = int(rng.integers(scene.height // BLOCK - self.rows + 1)) * BLOCK
            left = int(rng.integers(scene.width // BLOCK - self.columns + 1)) * BLOCK
            frames = scene.rgb(scene.looks[int(rng.integers(len(scene.looks)))])[
                start : start + 17, top : top + BLOCK * self.rows, left : left + BLOCK * self.columns
            ]
            crops.append(frames[:, :, ::-1] if rng.random() < 0.5 else frames)
        return torch.cat([as_video(crop) for crop in crops])


def train_decoder(
    encoder: PcaEncoder,
    decoder: MiniDecoder,
    crops: CropSource,
    out: Path,
    budget: Budget,
    seed: int,
    device: torch.device,
) -> Loop:
    """Trains the decoder's residual network; the border blocks of a crop lack context and do not count."""
    encoder.to(device)
    decoder.to(device)
    config = LoopConfig(lr=1.5e-3, decay_from=0.3, ema=0.995, weight_decay=0.0)
    loop = Loop(decoder, config, out, "decoder", seed, [])

    def loss_fn(rng: np.random.Generator, _fraction: float) -> tuple[Tensor, dict[str, float]]:
        video = crops.draw(rng).to(device)
        with torch.no_grad():
            latent = encoder(video)
        made = decoder(latent)
        inner = (..., slice(BLOCK, -BLOCK), slice(BLOCK, -BLOCK))
        return reconstruction_loss(made[inner], video[inner]), {}

    loop.run(loss_fn, budget)
    return loop


def load_encoder(out: Path) -> PcaEncoder:
    """The fixed encoder of a run."""
    encoder = PcaEncoder()
    encoder.load_state_dict(torch.load(out / "encoder.pt", weights_only=True))
    return encoder.eval()


def load_decoder(out: Path) -> MiniDecoder:
    """The trained decoder (EMA) of a run, or the closed form alone when its network was not trained."""
    closed = torch.load(out / "decoder-linear.pt", weights_only=True)
    closed = {k: v for k, v in closed.items() if k.startswith(("linear.", "first."))}
    trained = (out / "decoder.pt").exists()
    decoder = MiniDecoder() if trained else MiniDecoder(width=0)
    decoder.load_state_dict(closed, strict=not trained)
    if trained:
        state = torch.load(out / "decoder.pt", map_location="cpu", weights_only=True)
        for parameter, averaged in zip(decoder.parameters(), state["ema"], strict=True):
            parameter.data.copy_(averaged)
    return decoder.eval()


def main() -> None:
    """Command line entry."""
    parser = stage_parser(__doc__ or "")
    parser.add_argument("--closed-form-only", action="store_true")
    parser.add_argument("--samples", type=int, default=240, help="random picks for the closed-form fits")
    args = parser.parse_args()
    device = prepare(args)
    scenes = list_scenes(args.data, "train", args.limit)
    start = time.process_time()
    with torch.no_grad():
        if not (args.out / "encoder.pt").exists():
            encoder = fit_encoder(scenes, np.random.default_rng([args.seed, 1]), args.samples)
            write_atomically(args.out / "encoder.pt", lambda p: torch.save(encoder.state_dict(), p))
        encoder = load_encoder(args.out)
        if not (args.out / "decoder-linear.pt").exists():
            decoder = fit_linear_decoder(encoder, scenes, np.random.default_rng([args.seed, 2]), args.samples)
            write_atomically(args.out / "decoder-linear.pt", lambda p: torch.save(decoder.state_dict(), p))
    print(f"tokenizer: closed form {time.process_time() - start:.0f} CPU-s")
    if args.closed_form_only:
        return
    decoder = MiniDecoder()
    decoder.load_state_dict(torch.load(args.out / "decoder-linear.pt", weights_only=True), strict=False)
    budget = Budget(args.steps, args.minutes)
    loop = train_decoder(encoder, decoder, CropSource(scenes), args.out, budget, args.seed, device)
    print(f"tokenizer: decoder at step {loop.step}")


if __name__ == "__main__":
    main()

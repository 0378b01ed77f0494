"""Stage `residual`: trains the Cosmos-Transfer1 network of the `mini` bundle on what the bases leave.

    [torchrun --nproc-per-node 2] python -m virga_world_model.training.residual --data DIR --out DIR --minutes N

Loss: EDM with sigma_data 0.5 (Karras et al. 2022), channels weighted by their share of pixel deviation. A step
has one control
subset, weighted 1/n as the runtime normalises equal weights. Most of the draws are at sigma_max, because one
evaluation there
(the conditional mean) is the bundle's default; the rest are log-normal. Writes <out>/residual.pt,
residual.json, residual-loss.csv.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ..checkpoint import load_checkpoint, load_strictly
from ..data.latents import load_latents
from ..data.scenes import list_scenes
from ..network import NetworkConfig, WorldModel, initialise, patchify, unpatchify
from ..sampling.preconditioning import SIGMA_DATA
from ..text import Vocabulary
from .loop import Loop, LoopConfig
from .prior import load_prior
from .run import Budget, prepare, stage_parser, write_json
from .samples import Batch, Samples, draw_controls
from .text import WordEncoder, build_vocabulary, tokenize
from .tokenizer import load_encoder

CONTROLS = ["hdmap", "vis", "edge"]
SIGMA_MAX = 80.0
P_MEAN, P_STD = -0.6, 1.3
PROMPT_DROPOUT = 0.06

SIZES = {
    # About 20 training tokens a parameter for an hour of two CPU cores (Hoffmann et al. 2022).
    "mini": NetworkConfig(
        dim=128, heads=2, blocks=4, control_blocks=1, text_dim=96, text_tokens=24, adaln_rank=32,
        max_frames=16, max_height=22, max_width=40, hint_widths=(256,),
    ),
    "tiny": NetworkConfig(
        dim=48, heads=2, blocks=2, control_blocks=1, text_dim=32, text_tokens=24, adaln_rank=8,
        max_frames=16, max_height=22, max_width=40, hint_widths=(32,),
    ),
}  # fmt: skip


class Trained(nn.Module):
    """Network and text encoder: everything the residual stage trains."""

    def __init__(self, config: NetworkConfig, vocabulary: int) -> None:
        super().__init__()
        self.network = WorldModel(config, CONTROLS)
        self.text = WordEncoder(vocabulary, config.text_dim)
        initialise(self.network, zero_outputs=False, position_std=1.0)
        open_paths(self.network)

    def forward(
        self, y: Tensor, sigma: Tensor, text: Tensor, hints: dict[str, Tensor], grid: Tensor, weights: dict[str, float]
    ) -> Tensor:
        """D(y, sigma) for a noisy residual y [B,16,n,h,w], sigma [B], hint latents (unit variance), grid of
        the window."""
        s = sigma.view(-1, 1, 1, 1, 1)
        c_in = (s**2 + SIGMA_DATA**2).rsqrt()
        x, c_noise = patchify(y * c_in), 0.25 * sigma.log()
        time_scale = torch.ones(1, device=y.device)
        total: list[Tensor] = []
        for name, hint in hints.items():
            branch = self.network.controls[name]
            g = branch.hint(patchify(hint * SIGMA_DATA))
            residuals = [weights[name] * r for r in branch(x, c_noise, text, g, grid, time_scale)]
            total = [a + b for a, b in zip(total, residuals, strict=True)] if total else residuals
        f = self.network.base(x, c_noise, text, grid, time_scale, total)
        f = unpatchify(f, (y.shape[2], y.shape[3] // 2, y.shape[4] // 2))
        return SIGMA_DATA**2 * c_in**2 * y + s * SIGMA_DATA * c_in * f


def open_paths(network: WorldModel) -> None:
    """A start for training everything at once: gates half open, hints as loud as the positions that every
    block adds, noise quiet.

    The published start (closed gates, silent control branches) suits a trained base; here it costs thousands of steps.
    """
    for trunk in (network.base, *network.controls.values()):
        nn.init.normal_(trunk.t_embedder[1].linear_2.weight, std=0.2)
        trunk.x_embedder.proj[1].weight.data *= 0.1
    for branch in network.controls.values():
        nn.init.xavier_uniform_(branch.input_hint_block[-1].weight, gain=4.0)
        for linear in branch.zero_blocks.values():
            nn.init.xavier_uniform_(linear.weight, gain=1.5)


def channel_weights(out: Path, scale: Tensor) -> Tensor:
    """[16] mean 1: how far a unit of y moves the pixels. A latent unit along a PCA direction is its deviation
    in pixels."""
    basis = load_encoder(out).basis
    weights = 1 / (basis.norm(dim=0) * scale)
    return weights / weights.mean()


def window_frames(rng: np.random.Generator, fraction: float) -> int:
    """Curriculum on latent frames: single ones first, then longer windows, a few whole clips in the end."""
    r = rng.random()
    if fraction < 0.6:
        return 1 if r < 0.8 else 3
    if fraction < 0.9:
        return 1 if r < 0.5 else 3 if r < 0.8 else 5
    return 3 if r < 0.3 else 5 if r < 0.8 else 16


def draw_sigma(rng: np.random.Generator, batch: int) -> Tensor:
    """Most at sigma_max, the rest log-normal (Karras et al. 2022, P_mean and P_std) or log-uniform above 1."""
    drawn = np.exp(rng.normal(P_MEAN, P_STD, batch))
    drawn = np.where(rng.random(batch) < 0.3, np.exp(rng.uniform(np.log(1.0), np.log(SIGMA_MAX), batch)), drawn)
    drawn = np.where(rng.random(batch) < 0.92, SIGMA_MAX, drawn)
    return torch.from_numpy(np.minimum(drawn, SIGMA_MAX).astype(np.float32))


class Objective:
    """The loss of one batch."""

    def __init__(self, model: Trained, vocabulary: Vocabulary, weights: Tensor, device: torch.device) -> None:
        self.model, self.vocabulary, self.weights, self.device = model, vocabulary, weights.to(device), device
        self.length = model.network.config.text_tokens

    def text(self, prompts: list[str]) -> Tensor:
        """Prompts -> [B,M,C]."""
        ids, mask = tokenize(prompts, self.vocabulary, self.length)
        return self.model.text(ids.to(self.device), mask.to(self.device))

    def __call__(self, batch: Batch, sigma: Tensor, noise: Tensor, usual: bool = False) -> tuple[Tensor, Tensor]:
        """Weighted loss, and the plain x0 error per sample.

        usual: at sigma_max the target is the look's mean residual at each position instead of this drive's own.
        """
        y = batch.y.to(self.device)
        sigma, noise = sigma.to(self.device), noise.to(self.device)
        hints = {k: v.to(self.device) for k, v in batch.hints.items()}
        weights = dict.fromkeys(hints, 1 / max(1, len(hints)))
        s = sigma.view(-1, 1, 1, 1, 1)
        made = self.model(y + s * noise, sigma, self.text(batch.prompts), hints, batch.grid.to(self.device), weights)
        aim = torch.where(s >= SIGMA_MAX, batch.usual.to(self.device), y) if usual else y
        error = (made - aim).square()
        c_out = s * SIGMA_DATA * (s**2 + SIGMA_DATA**2).rsqrt()
        share = batch.shares.to(self.device).view(-1, 1, 1, 1, 1)
        loss = (share * error / c_out.square() * self.weights.view(1, -1, 1, 1, 1)).mean()
        return loss, error.mean((1, 2, 3, 4)).detach()


@torch.no_grad()
def validate(objective: Objective, samples: Samples, count: int = 5) -> dict[str, float]:
    """Unexplained share of y at sigma_max on fixed windows: 1 = the network adds nothing to the base."""
    out = {}
    for name, controls in (("video", ("hdmap", "vis", "edge")), ("hdmap", ("hdmap",))):
        rng = np.random.default_rng(5)
        error = total = 0.0
        for _ in range(count):
            batch = samples.draw(rng, 1, 6, controls)
            noise = torch.from_numpy(rng.standard_normal(tuple(batch.y.shape)).astype(np.float32))
            weights = objective.weights.view(1, -1, 1, 1, 1).cpu()
            sigma = torch.full((len(batch.y),), SIGMA_MAX)
            loss, _ = objective(batch, sigma, noise)
            error += float(loss) * 0.25
            total += float((batch.shares.view(-1, 1, 1, 1, 1) * batch.y.square() * weights).mean())
        out[f"val_{name}"] = error / total
    return out


def build(vocabulary: Vocabulary, size: str, seed: int) -> Trained:
    """A freshly initialised model of a size."""
    torch.manual_seed(seed)
    return Trained(SIZES[size], len(vocabulary))


def run(args: argparse.Namespace) -> Loop:
    """Trains with parsed arguments."""
    device = prepare(args)
    train = load_latents(list_scenes(args.data, "train", args.limit), args.out / "latents" / "train")
    held = (
        load_latents(list_scenes(args.data, "val"), args.out / "latents" / "val")
        if (args.data / "val").is_dir()
        else []
    )
    prior = load_prior(args.out / "prior.pt")
    meta_path = args.out / "residual.json"
    if meta_path.exists():
        meta = json.loads(meta_path.read_text())
    elif args.start:
        meta = {k: v for k, v in load_checkpoint(args.start)[1].items() if k in ("size", "scale", "vocabulary")}
        write_json(meta_path, meta)
    else:
        vocabulary = build_vocabulary(sorted({p for s in train for ps in s.prompts.values() for p in ps}))
        scale = Samples(train, prior).scale
        meta = {"size": args.size, "scale": scale.tolist(), "vocabulary": vocabulary.words}
        write_json(meta_path, meta)
    scale, vocabulary = torch.tensor(meta["scale"]), Vocabulary(meta["vocabulary"])
    samples = Samples(train, prior, scale)
    model = build(vocabulary, meta["size"], args.seed)
    if args.start:
        load_strictly(model, load_checkpoint(args.start)[0], args.start)
    model.to(device)
    objective = Objective(model, vocabulary, channel_weights(args.out, scale), device)
    checks = Samples(held or train[:4], prior, scale)
    config = LoopConfig(lr=args.lr, decay_from=args.decay_from, ema=0.998, weight_decay=0.02, warmup=100, log_every=50)
    loop = Loop(model, config, args.out, "residual", args.seed, ["val_video", "val_hdmap"])
    latest: dict[str, float] = {"val_video": float("nan"), "val_hdmap": float("nan")}

    def grow() -> None:
        """Takes in scenes whose latents were cached since the last look."""
        known = {scene.seed for scene in samples.scenes}
        fresh = [s for s in list_scenes(args.data, "train", args.limit) if s.seed not in known]
        samples.add(load_latents(fresh, args.out / "latents" / "train"))

    def loss_fn(rng: np.random.Generator, fraction: float) -> tuple[Tensor, dict[str, float]]:
        if args.grow_every and loop.step % args.grow_every == 0:
            grow()
        frames = window_frames(rng, fraction)
        controls = draw_controls(rng)
        # Half-width crops of single frames: twice as many scenes and looks in a step of the same cost.
        crop = 10 if frames == 1 and rng.random() < 0.7 else 0
        tokens = 11 * (crop or 20) * frames
        batch = samples.draw(rng, frames, max(1, round(args.tokens / tokens)), controls, crop)
        batch.prompts = ["" if rng.random() < PROMPT_DROPOUT else p for p in batch.prompts]
        noise = torch.from_numpy(rng.standard_normal(tuple(batch.y.shape), dtype=np.float32))
        loss, _ = objective(batch, draw_sigma(rng, len(batch.y)), noise, usual=fraction < args.usual_until)
        if loop.rank == 0 and loop.step % args.validate_every == 0 and loop.step > 0:
            latest.update(validate(objective, checks))
            print(f"step {loop.step} val {latest}", flush=True)
        return loss, latest

    loop.run(loss_fn, Budget(args.steps, args.minutes))
    return loop


def main() -> None:
    """Command line entry."""
    parser = stage_parser(__doc__ or "")
    parser.add_argument("--size", choices=sorted(SIZES), default="mini")
    parser.add_argument("--start", type=Path, default=None, help="weights to start from, when the run has none yet")
    parser.add_argument("--lr", type=float, default=1.2e-3)
    parser.add_argument("--decay-from", type=float, default=0.5)
    parser.add_argument("--tokens", type=int, default=1320, help="tokens per step and process")
    parser.add_argument("--validate-every", type=int, default=200)
    parser.add_argument(
        "--usual-until",
        type=float,
        default=0.6,
        help="share of the run that aims at mean residuals: a drive's own are mostly chance and drown the gradient",
    )
    parser.add_argument("--grow-every", type=int, default=0, help="look for newly cached scenes every N steps")
    loop = run(parser.parse_args())
    print(f"residual: step {loop.step}")


if __name__ == "__main__":
    main()

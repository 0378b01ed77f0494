"""Stage `card`: the model card (README.md of the bundle) from what the run and the evaluation wrote down.

    python -m virga_world_model.training.card --data DIR --out RUN --bundle models/mini

Text that no file knows is `card.md` beside this module; figures come from RUN (recipe.json, trial.md, prior.json, loss
logs) and from <bundle>/evaluation/*.md, which are put in as they are.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

from ..atomic import write_atomically
from ..data.scenes import Scene, list_scenes
from .run import stage_parser


def facts_of(data: Path, run: Path, bundle: Path) -> dict[str, str]:
    """The card's blanks, by name."""
    manifest = json.loads((bundle / "manifest.json").read_text())
    network, training, defaults = manifest["network"], manifest["training"], manifest["defaults"]
    size = sum(p.stat().st_size for p in bundle.iterdir() if p.suffix in (".onnx", ".safetensors", ".json"))
    steps = ", ".join(f"{k} {v}" for k, v in training["steps"].items())
    return {
        "version": manifest["version"],
        "megabytes": f"{size / 1e6:.1f}",
        "data": describe_data(data),
        "network": f"{network['dim']} wide, branches of {network['controlBlocks']}",
        "steps": steps or "none",
        "defaults": f"{defaults['steps']} step(s), solver {defaults['solver']}, guidance {defaults['guidance']}",
        "chosen": training["network"],
        "compute": compute_table(run),
        "losses": loss_table(run),
        "trial": text_of(run / "trial.md", "Not measured yet.\n"),
        "prior": prior_table(run),
        "evaluation": evaluation_of(bundle),
    }


def describe_data(data: Path) -> str:
    """How many drives and frames of each split."""
    parts = []
    for split in ("train", "val"):
        scenes: list[Scene] = list_scenes(data, split)
        frames = sum(s.frames for s in scenes)
        looks = sum(s.frames * len(s.looks) for s in scenes)
        parts.append(f"{len(scenes)} {split} drives ({frames} frames, {looks} pictures over their looks)")
    return ", ".join(parts)


def compute_table(run: Path) -> str:
    """Minutes per stage, from the recipe's own record."""
    path = run / "recipe.json"
    if not path.exists():
        return "Not recorded.\n"
    rows = [f"| {name} | {minutes:g} |" for name, minutes in json.loads(path.read_text()).items()]
    return "\n".join(["| stage | minutes |", "|---|---|", *rows]) + "\n"


def loss_table(run: Path, rows: int = 8) -> str:
    """A few rows of the base's log, the last ones of the others."""
    lines = ["| stage | step | minutes | loss | validation (share unexplained) |", "|---|---|---|---|---|"]
    for path in sorted(run.glob("*-loss.csv")):
        found = list(csv.DictReader(path.open()))
        stride = max(1, len(found) // rows) if path.name.startswith("base") else len(found)
        for row in found[stride - 1 :: stride] if found else []:
            known = {
                k: v for k, v in row.items() if k not in ("step", "minutes", "loss", "lr") and v not in ("", "nan")
            }
            checks = ", ".join(f"{k} {float(v):.3f}" for k, v in known.items())
            name = path.name.removesuffix("-loss.csv")
            lines.append(f"| {name} | {row['step']} | {row['minutes']} | {row['loss']} | {checks} |")
    return "\n".join(lines) + "\n"


def prior_table(run: Path) -> str:
    """What the priors leave unexplained on validation drives."""
    path = run / "prior.json"
    if not path.exists():
        return "Not measured yet.\n"
    left = json.loads(path.read_text())["unexplained on val"]
    cells = [f"{value:.3f}" for value in left.values()]
    return f"| {' | '.join(left)} |\n|{'---|' * len(left)}\n| {' | '.join(cells)} |\n"


def evaluation_of(bundle: Path) -> str:
    """All fragments of the evaluation."""
    parts = [path.read_text().strip() for path in sorted((bundle / "evaluation").glob("*.md"))]
    return "\n\n".join(parts) if parts else "Not measured yet."


def text_of(path: Path, otherwise: str) -> str:
    """A file's text."""
    return path.read_text() if path.exists() else otherwise


def main() -> None:
    """Command line entry."""
    parser = stage_parser(__doc__ or "")
    parser.add_argument("--bundle", type=Path, required=True)
    args = parser.parse_args()
    text = (Path(__file__).parent / "card.md").read_text()
    for name, value in facts_of(args.data, args.out, args.bundle).items():
        text = text.replace(f"{{{{{name}}}}}", value.strip())
    write_atomically(args.bundle / "README.md", lambda p: p.write_text(text))
    print(f"card: {args.bundle / 'README.md'}")


if __name__ == "__main__":
    main()

import numpy as np

from virga_world_model.relight.apply import apply_relight
from virga_world_model.relight.fit import GramTable, ridge, solve
from virga_world_model.relight.terms import TERMS, monomials, variables_of


def picture(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    rgb = rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    depth = np.where(rng.random((6, 8)) < 0.3, 0, rng.uniform(2, 90, (6, 8))).astype(np.float16)
    return rgb, depth, rng.integers(0, 3, (6, 8)).astype(np.uint8)


def test_monomials_are_the_products_of_their_variables() -> None:
    rgb, depth, _ = picture()
    x = monomials(variables_of(rgb, "rgb-depth-seg", depth), TERMS["rgb-depth-seg"])
    for y, column in ((0, 0), (3, 5), (5, 7)):
        r, g, b = (rgb[y, column] / 255).tolist()
        metres = float(depth[y, column])
        value = {
            "r": r,
            "g": g,
            "b": b,
            "row": (y + 0.5) / 6,
            "col": 2 * (column + 0.5) / 8 - 1,
            "near": np.exp(-metres / 30) if metres > 0 else 0.0,
        }
        direct = [np.prod([value[name] for name in term]) for term in TERMS["rgb-depth-seg"]]
        np.testing.assert_allclose(x[y, column], direct, rtol=2e-6, atol=1e-7)


def test_ridge_is_the_closed_form_of_its_objective() -> None:
    rng = np.random.default_rng(1)
    x, y, towards = rng.normal(size=(200, 5)), rng.normal(size=(200, 3)), rng.normal(size=(5, 3))
    penalty = rng.uniform(0.1, 5, 5)
    # The same problem as ordinary least squares on rows that carry the penalty.
    rows = np.concatenate([x, np.diag(np.sqrt(penalty))])
    goal = np.concatenate([y, np.sqrt(penalty)[:, None] * towards])
    expected = np.linalg.lstsq(rows, goal, rcond=None)[0]
    np.testing.assert_allclose(ridge(x.T @ x, x.T @ y, penalty, towards), expected, atol=1e-10)


def test_solve_recovers_a_relight_and_falls_back_on_the_whole_image_for_an_unseen_class() -> None:
    rng = np.random.default_rng(2)
    terms = TERMS["rgb"]
    truth = rng.normal(0, 0.2, (len(terms), 3))
    table = GramTable(1, 3, len(terms))
    for seed in range(20):
        rgb, _, _ = picture(seed)
        x = monomials(variables_of(rgb, "rgb"), terms).reshape(-1, len(terms))
        table.add(0, np.arange(len(x)) % 2, x, x @ truth)
    made = solve(table, 1e-9, 1e-3)
    rgb, _, _ = picture(99)
    x = monomials(variables_of(rgb, "rgb"), terms).reshape(-1, len(terms))
    for known in (0, 1):
        np.testing.assert_allclose(x @ made[0, known], x @ truth, atol=2e-2)
    np.testing.assert_allclose(x @ made[0, 2], x @ truth, atol=2e-2)


def test_apply_uses_each_pixels_class_and_clamps() -> None:
    rgb, depth, seg = picture()
    coefficients = np.zeros((3, len(TERMS["rgb-depth-seg"]), 3), np.float32)
    coefficients[:, 0] = np.array([-1.0, 0.25, 3.0])[:, None]
    out = apply_relight(coefficients, "rgb-depth-seg", rgb, depth, seg)
    np.testing.assert_allclose(out, np.array([0, 0.25, 1], np.float32)[seg][..., None].repeat(3, -1))

import numpy as np
import pytest

from virga_world_model.relight.apply import apply_relight
from virga_world_model.relight.fit import GramTable, ridge, solve
from virga_world_model.relight.geometry import FACES, MODES, PARTS, class_names, label_geometry
from virga_world_model.relight.terms import TERMS, VARIABLES, monomials, spread_gram, variables_of

SHAPE = (6, 8)


def picture(seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {
        "rgb": rng.integers(0, 256, (*SHAPE, 3), dtype=np.uint8),
        "depth": np.where(rng.random(SHAPE) < 0.3, 0, rng.uniform(2, 90, SHAPE)).astype(np.float16),
        "up": rng.uniform(0, 1, SHAPE).astype(np.float32),
        "across": rng.uniform(-1, 1, SHAPE).astype(np.float32),
    }


@pytest.mark.parametrize("mode", MODES)
def test_monomials_are_the_products_of_their_variables(mode: str) -> None:
    planes = picture()
    x = monomials(variables_of(mode, SHAPE, **planes), TERMS[mode])
    for y, column in ((0, 0), (3, 5), (5, 7)):
        r, g, b = (planes["rgb"][y, column] / 255).tolist()
        metres = float(planes["depth"][y, column])
        value = {
            "r": r,
            "g": g,
            "b": b,
            "row": (y + 0.5) / 6,
            "col": 2 * (column + 0.5) / 8 - 1,
            "near": np.exp(-metres / 30) if metres > 0 else 0.0,
            "up": planes["up"][y, column],
            "across": planes["across"][y, column],
        }
        direct = [np.prod([value[name] for name in term]) for term in TERMS[mode]]
        np.testing.assert_allclose(x[y, column], direct, rtol=3e-6, atol=1e-7)


def test_a_mode_says_what_it_needs() -> None:
    with pytest.raises(ValueError, match="mode labels needs up"):
        variables_of("labels", SHAPE, depth=picture()["depth"])


def test_ridge_is_the_closed_form_of_its_objective() -> None:
    rng = np.random.default_rng(1)
    x, y, towards = rng.normal(size=(200, 5)), rng.normal(size=(200, 3)), rng.normal(size=(5, 3))
    root = rng.normal(size=(5, 5))
    # The same problem as ordinary least squares on rows that carry the penalty.
    rows = np.concatenate([x, root])
    goal = np.concatenate([y, root @ towards])
    expected = np.linalg.lstsq(rows, goal, rcond=None)[0]
    np.testing.assert_allclose(ridge(x.T @ x, x.T @ y, root.T @ root, towards), expected, atol=1e-10)


def test_solve_recovers_a_relight_and_falls_back_on_the_whole_image_for_an_unseen_class() -> None:
    rng = np.random.default_rng(2)
    terms = TERMS["rgb"]
    linear = np.array([len(term) <= 1 for term in terms])
    truth = rng.normal(0, 0.2, (len(terms), 3))
    table = GramTable(2, 3, len(terms))
    for seed in range(20):
        x = monomials(variables_of("rgb", SHAPE, **picture(seed)), terms).reshape(-1, len(terms))
        table.add([0, 1], np.arange(len(x)) % 2, x, [x @ truth, x @ -truth])
    made = solve(table, spread_gram("rgb"), linear, 1e-3, 1e-3)
    x = monomials(variables_of("rgb", SHAPE, **picture(99)), terms).reshape(-1, len(terms))
    for known in range(3):
        np.testing.assert_allclose(x @ made[0, known], x @ truth, atol=2e-2)
        np.testing.assert_allclose(x @ made[1, known], x @ -truth, atol=2e-2)


def test_where_no_pixel_was_seen_the_simpler_function_holds() -> None:
    rng = np.random.default_rng(3)
    terms = TERMS["rgb"]
    linear = np.array([len(term) <= 1 for term in terms])
    table = GramTable(1, 1, len(terms))
    # Grey pixels alone, whose brightness is squared: says nothing of colours.
    grey = np.repeat(rng.uniform(0.3, 0.7, (4000, 1)), 3, 1).astype(np.float32)
    planes = dict(zip("rgb", grey.T, strict=True)) | {"row": rng.uniform(0, 1, 4000).astype(np.float32)}
    table.add([0], np.zeros(4000, int), monomials(planes, terms), [grey**2])
    made = solve(table, spread_gram("rgb"), linear, 200, 100)[0, 0]
    colours = {name: rng.uniform(0, 1, 500).astype(np.float32) for name in VARIABLES["rgb"]}
    out = monomials(colours, terms) @ made
    assert out.min() > -0.6
    assert out.max() < 1.6


def test_apply_uses_each_pixels_class_and_clamps() -> None:
    planes = picture()
    seg = np.random.default_rng(5).integers(0, 3, SHAPE).astype(np.uint8)
    coefficients = np.zeros((2, 3, len(TERMS["rgb-depth-seg"]), 3), np.float32)
    coefficients[0, :, 0] = np.array([-1.0, 0.25, 3.0])[:, None]
    out = apply_relight(coefficients, "rgb-depth-seg", seg, **planes)
    np.testing.assert_allclose(out[0], np.array([0, 0.25, 1], np.float32)[seg][..., None].repeat(3, -1))
    np.testing.assert_array_equal(out[1], 0)


def test_label_geometry_tells_sides_apart_and_carries_things_up() -> None:
    seg_classes = ("sky", "road", "building", "vehicle")
    carried, front = FACES.index("carried-up"), FACES.index("front")
    seg = np.array([[[0, 0], [0, 0], [2, 3]]], np.uint8)
    face = np.array([[[carried, 0], [carried, 0], [0, front]]], np.uint8)
    depth = np.array([[[0, 0], [0, 0], [12, 8]]], np.float16)
    up = np.array([[[0, 0], [0, 0], [51, 255]]], np.uint8)
    across = np.array([[[0, 0], [0, 0], [0, 255]]], np.uint8)
    made = label_geometry(seg, face, depth, up, across, seg_classes)
    names = class_names("labels", seg_classes)
    assert [names[i] for i in made.classes[0].reshape(-1)] == [
        *("carried-up", "sky", "carried-up", "sky", "building", "vehicle-front")
    ]
    np.testing.assert_allclose(made.depth[0], [[12, 0], [12, 0], [12, 8]])
    np.testing.assert_allclose(made.up[0], [[0.2, 0], [0.2, 0], [0.2, 1]])
    np.testing.assert_allclose(made.across[0], [[0, 0], [0, 0], [0, 1]])
    assert names[-1] == PARTS[-1] == "other"

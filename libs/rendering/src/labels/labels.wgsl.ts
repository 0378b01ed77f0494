import { decalCell, decalCells } from './decal-grid.ts'
import { groundReach } from './ground.ts'
import { horizonBins } from './horizon.ts'
import { tileSide } from './ray-table.ts'

/** Pixels on a side of a work group. */
export const groupSide = 8

/**
 * One ray per pixel against the ground, what lies on it, and solids: exact for every lens, since no geometry is projected and nothing is
 * interpolated over the picture. Lengths in metres; `ground` x and y count from the middle of the height grid.
 *
 * Ground: bilinear patches, found by walking down a pyramid of maxima (Tevs, Ihrke, Seidel 2008, "Maximum mipmaps"), the root of the
 * quadratic in each cell. Off the grid it goes on flat, to `FAR`. Solids: slabs and cylinders in the frame of each, nearest first.
 */
export const labelsWgsl = /* wgsl */ `
struct View {
  // Rows of the rotation from the camera's axes to the world's; then the camera's place on the ground's frame.
  row0: vec4f,
  row1: vec4f,
  row2: vec4f,
  // width, height, tiles across, cells on a side of the height grid
  numbers: vec4u,
  // metres from node to node, 1 over it; slope of the plane that is subtracted from the heights, along x and y
  spacing: vec4f,
  // Per direction from the camera (256 diamond angles) a slope above which rays pass over all the ground of the grid.
  horizon: array<vec4f, ${horizonBins / 4}>,
};

struct Solid {
  row0: vec4f,
  row1: vec4f,
  row2: vec4f,
  // class, track, shape (0 box, 1 cylinder), unused
  what: vec4u,
};

const SKY = 0u;
const TERRAIN = 5u;
const REACH = ${groundReach}.0;
const FAR = 2000.0;
const DECAL_CELL = ${decalCell}.0;
const DECAL_CELLS = ${decalCells};
const NONE = 1e30;

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<storage, read> rays: array<vec4f>;
// The nodes' heights, then the pyramid of maxima: one buffer, since devices promise no more than eight to a stage.
@group(0) @binding(2) var<storage, read> heights: array<f32>;
@group(0) @binding(3) var<storage, read> decals: array<vec4f>;
@group(0) @binding(4) var<storage, read> decal_cells: array<vec2u>;
@group(0) @binding(5) var<storage, read> decal_list: array<u32>;
@group(0) @binding(6) var<storage, read> solids: array<Solid>;
@group(0) @binding(7) var<storage, read> tiles: array<u32>;
// Three words a pixel: class | class behind << 8 | track << 16; bits of the depth along the camera's z; on a track's box up | across << 8 |
// face << 16 | eighths of a metre to where the ray leaves it << 24.
@group(0) @binding(8) var<storage, read_write> labels: array<u32>;

// A number that can be divided by, of the same sign.
fn apart(x: f32) -> f32 {
  return select(select(-1e-9, 1e-9, x >= 0.0), x, abs(x) > 1e-9);
}

// Whether a ray passes over all the ground of the grid.
fn is_over(d: vec3f) -> bool {
  let diamond = d.xy / max(abs(d.x) + abs(d.y), 1e-9);
  let angle = select(3.0 + diamond.x, 1.0 - diamond.x, diamond.y >= 0.0);
  let bin = min(u32(angle * ${horizonBins / 4}.0), ${horizonBins - 1}u);
  return d.z > view.horizon[bin >> 2u][bin & 3u] * length(d.xy);
}

// Where a ray that has met nothing on the grid meets the ground beyond it, flat at the height of the grid's border.
fn hit_beyond(o: vec3f, d: vec3f) -> f32 {
  if (d.z >= 0.0) {
    return NONE;
  }
  let exits = (sign(d.xy) * REACH - o.xy) / vec2f(apart(d.x), apart(d.y));
  let t = min(exits.x, exits.y);
  let n = i32(view.numbers.w);
  let p = clamp(o.xy + d.xy * t, vec2f(-REACH), vec2f(REACH));
  let node = vec2i((p + REACH) * view.spacing.y + 0.5);
  let height = heights[node.y * (n + 1) + node.x] + dot(view.spacing.zw, p);
  return t + max(o.z + d.z * t - height, 0.0) / -d.z;
}

// Where a ray enters the ground of the grid; NONE if it does not. z counts from the plane that is subtracted from the heights.
fn hit_grid(o: vec3f, d: vec3f) -> f32 {
  let n = i32(view.numbers.w);
  let grid = (o.xy + REACH) * view.spacing.y;
  let slope = vec2f(apart(d.x), apart(d.y)) * view.spacing.y;
  let forward = vec2f(select(0.0, 1.0, slope.x > 0.0), select(0.0, 1.0, slope.y > 0.0));
  // A step over a border goes a little beyond it, and a patch is searched as much on both sides.
  let nudge = 3e-4 / max(abs(slope.x), abs(slope.y));
  let top = i32(firstTrailingBit(u32(n)));
  // Most rays meet the ground near the camera: a start at the top would only walk down.
  var level = 3;
  var t = 0.0;
  var above = false;
  for (var step = 0; step < 1024; step++) {
    let q = grid + slope * t;
    if (q.x < 0.0 || q.y < 0.0 || q.x >= f32(n) || q.y >= f32(n)) {
      break;
    }
    let cell = vec2i(q) >> vec2u(u32(level));
    let size = f32(1 << u32(level));
    // A border that lies behind by rounding counts no more, else a ray along it would never leave the cell.
    let borders = ((vec2f(cell) + forward) * size - grid) / slope;
    let exits = select(vec2f(t + NONE), borders, borders > vec2f(t));
    let out = min(min(exits.x, exits.y), t + 1e6);
    // Nodes, and values of the finer levels: 4^top + ... + 4^(top - level + 1).
    let before = (n + 1) * (n + 1) + ((1 << u32(2 * (top + 1))) - (1 << u32(2 * (top - level + 1)))) / 3;
    let low = min(o.z + d.z * t, o.z + d.z * out);
    if (low > heights[before + cell.y * (n >> u32(level)) + cell.x]) {
      above = true;
      t = out + nudge;
      // Coarser only where the step has left the coarser cell.
      let border = select(cell.y + i32(forward.y), cell.x + i32(forward.x), exits.x < exits.y);
      level = min(level + 1 - (border & 1), top);
      continue;
    }
    if (level > 0) {
      level -= 1;
      continue;
    }
    let node = cell.y * (n + 1) + cell.x;
    let h = heights[node];
    let a = heights[node + 1] - h;
    let b = heights[node + n + 1] - h;
    let k = heights[node + n + 2] - h - a - b;
    let u = q - vec2f(cell);
    // Height above the patch at t + s is C + B s + A s2.
    let c0 = o.z + d.z * t - (h + a * u.x + b * u.y + k * u.x * u.y);
    let c1 = d.z - (a * slope.x + b * slope.y + k * (u.x * slope.y + u.y * slope.x));
    let c2 = -k * slope.x * slope.y;
    if (c0 <= 0.0 && above) {
      return t;
    }
    let span = out - t;
    let disc = c1 * c1 - 4.0 * c2 * c0;
    if (c0 > 0.0 && disc >= 0.0) {
      // The smaller positive root, without cancellation.
      let root = sqrt(disc);
      var s = NONE;
      if (c1 < 0.0) {
        s = 2.0 * c0 / (root - c1);
      } else if (c2 < 0.0) {
        s = -0.5 * (c1 + root) / c2;
      }
      if (s <= span + nudge) {
        return t + max(s, 0.0);
      }
    }
    above = c0 + span * (c1 + span * c2) > 0.0;
    t = out + nudge;
    level = min(level + 1, top);
  }
  return NONE;
}

// Left of the line from a to b, or not more than a tenth of a millimetre right of it: what two triangles share belongs to both.
fn is_left(p: vec2f, a: vec2f, b: vec2f) -> bool {
  let e = b - a;
  return e.x * (p.y - a.y) - e.y * (p.x - a.x) >= -1e-4 * (abs(e.x) + abs(e.y));
}

// Corners counter-clockwise.
fn in_triangle(p: vec2f, a: vec2f, b: vec2f, c: vec2f) -> bool {
  return is_left(p, a, b) && is_left(p, b, c) && is_left(p, c, a);
}

fn in_stripe(p: vec2f, a: vec2f, b: vec2f, half_width: f32, start: f32, on: f32, period: f32) -> bool {
  let along = b - a;
  let square = dot(along, along);
  let t = clamp(dot(p - a, along) / max(square, 1e-12), 0.0, 1.0);
  let off = p - a - along * t;
  if (dot(off, off) > half_width * half_width) {
    return false;
  }
  let s = start + t * sqrt(square);
  return s - floor(s / period) * period <= on;
}

fn class_on_ground(p: vec2f) -> u32 {
  let cell = vec2i(floor((p + REACH) / DECAL_CELL));
  if (any(cell < vec2i(0)) || any(cell >= vec2i(DECAL_CELLS))) {
    return TERRAIN;
  }
  let list = decal_cells[cell.y * DECAL_CELLS + cell.x];
  let end = list.x + (list.y & 0xffffffu);
  for (var i = list.x; i < end; i++) {
    let entry = decal_list[i];
    let at = (entry & 0xffffffu) * 2u;
    let first = decals[at];
    let second = decals[at + 1u];
    var inside: bool;
    if (entry >= 0x80000000u) {
      inside = in_stripe(p, first.xy, first.zw, second.x, second.y, second.z, second.w);
    } else {
      inside = in_triangle(p, first.xy, first.zw, second.xy);
    }
    if (inside) {
      return (entry >> 24u) & 0x7fu;
    }
  }
  return list.y >> 24u;
}

// Where a ray from the camera enters a solid; NONE if it does not.
fn hit_solid(solid: Solid, d: vec3f) -> f32 {
  let o = vec3f(solid.row0.w, solid.row1.w, solid.row2.w);
  let e = vec3f(dot(solid.row0.xyz, d), dot(solid.row1.xyz, d), dot(solid.row2.xyz, d));
  let inverse = 1.0 / vec3f(apart(e.x), apart(e.y), apart(e.z));
  let near = (-sign(inverse) - o) * inverse;
  let far = (sign(inverse) - o) * inverse;
  var enter = near.z;
  var leave = far.z;
  if (solid.what.z == 0u) {
    enter = max(enter, max(near.x, near.y));
    leave = min(leave, min(far.x, far.y));
  } else {
    let a = max(dot(e.xy, e.xy), 1e-18);
    let b = dot(o.xy, e.xy);
    let disc = b * b - a * (dot(o.xy, o.xy) - 1.0);
    if (disc < 0.0) {
      return NONE;
    }
    enter = max(enter, (-b - sqrt(disc)) / a);
    leave = min(leave, (-b + sqrt(disc)) / a);
  }
  return select(NONE, enter, enter <= leave && enter > 0.0);
}

// Where on which face of a track's box a ray enters it, at t, and how far it goes through it: see LabelFrame and DrawnLabels.
fn place_on_box(solid: Solid, d: vec3f, t: f32) -> u32 {
  let o = vec3f(solid.row0.w, solid.row1.w, solid.row2.w);
  let e = vec3f(dot(solid.row0.xyz, d), dot(solid.row1.xyz, d), dot(solid.row2.xyz, d));
  let p = clamp(o + e * t, vec3f(-1.0), vec3f(1.0));
  let a = abs(p);
  let axis = select(select(2, 1, a.y >= a.z), 0, a.x >= max(a.y, a.z));
  let face = u32(2 * axis) + select(2u, 1u, p[axis] > 0.0);
  let across = select(p.y, p.x, axis == 1);
  let inverse = 1.0 / vec3f(apart(e.x), apart(e.y), apart(e.z));
  let far = (sign(inverse) - o) * inverse;
  let through = clamp(min(far.x, min(far.y, far.z)) - t, 0.0, 31.0);
  return u32(0.5 * (p.z + 1.0) * 255.0 + 0.5) | (u32(0.5 * (across + 1.0) * 255.0 + 0.5) << 8u) | (face << 16u) | (u32(through * 8.0 + 0.5) << 24u);
}

fn store(pixel: u32, what: vec2u, behind: u32, depth: f32, place: u32) {
  labels[3u * pixel] = what.x | (behind << 8u) | (what.y << 16u);
  labels[3u * pixel + 1u] = bitcast<u32>(depth);
  labels[3u * pixel + 2u] = place;
}

@compute @workgroup_size(${groupSide}, ${groupSide}) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= view.numbers.x || id.y >= view.numbers.y) {
    return;
  }
  let pixel = id.y * view.numbers.x + id.x;
  let ray = rays[pixel];
  if (ray.w == 0.0) {
    store(pixel, vec2u(SKY, 0u), SKY, 0.0, 0u);
    return;
  }
  let d = vec3f(dot(view.row0.xyz, ray.xyz), dot(view.row1.xyz, ray.xyz), dot(view.row2.xyz, ray.xyz));
  let o = vec3f(view.row0.w, view.row1.w, view.row2.w);
  // Sheared so that the plane is level: a ray stays a line, a patch a patch, and the maxima lie close above the ground.
  let level_o = vec3f(o.xy, o.z - dot(view.spacing.zw, o.xy));
  let level_d = vec3f(d.xy, d.z - dot(view.spacing.zw, d.xy));
  var ground = NONE;
  if (!is_over(level_d)) {
    ground = hit_grid(level_o, level_d);
  }
  if (ground >= NONE) {
    ground = hit_beyond(o, d);
  }
  var nearest = min(ground, FAR);
  var what = vec2u(select(TERRAIN, SKY, ground >= NONE), 0u);
  var solid_hit = false;
  var hit = 0u;
  let tile = (id.y / ${tileSide}u) * view.numbers.z + id.x / ${tileSide}u;
  for (var i = tiles[tile]; i < tiles[tile + 1u]; i++) {
    let solid = solids[tiles[i]];
    let t = hit_solid(solid, ray.xyz);
    if (t < nearest) {
      nearest = t;
      what = solid.what.xy;
      solid_hit = true;
      hit = tiles[i];
    }
  }
  var behind = select(TERRAIN, SKY, ground >= NONE);
  if (ground < FAR && (!solid_hit || what.y != 0u)) {
    behind = class_on_ground((o + d * ground).xy);
  }
  if (!solid_hit) {
    what.x = behind;
  }
  let depth = select(0.0, max(nearest * ray.z, 0.0), solid_hit || ground < FAR);
  var place = 0u;
  if (what.y != 0u) {
    place = place_on_box(solids[hit], ray.xyz, nearest);
  }
  store(pixel, what, behind, depth, place);
}
`

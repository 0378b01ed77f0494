import { cameraWgsl } from '../camera/project.wgsl.ts'

/** Pixels of a tile. On the software rasterisers a row of eight is one vector; few rows waste little on points that miss them. */
export const tileWidth = 8
export const tileHeight = 4

/** Points of one work group of the first pass. */
export const pointsPerGroup = 64

const shared = /* wgsl */ `
struct Counters {
  nodes: atomic<u32>,
  // Bits of the largest z in front of the camera: positive floats order as their bits do.
  far_bits: atomic<u32>,
};

const TILE = vec2i(${tileWidth}, ${tileHeight});
const NEXT_BITS = 29u;
const NEXT_MASK = 0x1fffffffu;
`

/**
 * First pass of lidar-v1: every point to its pixel, and into the list of each tile that its 5x5 splat touches.
 *
 * A node is (u, v, ln(1 + z), next node | how often it counts << 29); node numbers start at 1, 0 ends a list.
 */
export const lidarProjectWgsl = /* wgsl */ `
${cameraWgsl}
${shared}

const MAX_DEPTH = 1000.0;

struct Sweep {
  // points, how often each counts, index of the first transform, tiles in a row
  numbers: vec4u,
};

@group(0) @binding(0) var<uniform> camera: Camera;
@group(0) @binding(1) var<storage, read_write> counters: Counters;
@group(0) @binding(2) var<storage, read_write> nodes: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> heads: array<atomic<u32>>;

// x, y, z in the sweep's frame; bits of the transform's number within the sweep
@group(1) @binding(0) var<storage, read> points: array<vec4f>;
@group(1) @binding(1) var<uniform> sweep: Sweep;
// Rows of points_to_camera, 3x4 each: first that of what stands still, then of each box that moves.
@group(1) @binding(2) var<storage, read> transforms: array<vec4f>;

var<workgroup> group_far: atomic<u32>;

fn add_to_tiles(pixel: vec2f, z: f32) {
  let size = vec2i(camera.size_limit.xy);
  let base = vec2i(floor(pixel));
  let first = max(base - 2, vec2i(0)) / TILE;
  let last = min(base + 2, size - 1) / TILE;
  for (var y = first.y; y <= last.y; y++) {
    for (var x = first.x; x <= last.x; x++) {
      let node = atomicAdd(&counters.nodes, 1u) + 1u;
      if (node < arrayLength(&nodes)) {
        let next = atomicExchange(&heads[u32(y) * sweep.numbers.w + u32(x)], node);
        nodes[node] = vec4f(pixel, log(1.0 + z), bitcast<f32>(next | (sweep.numbers.y << NEXT_BITS)));
      }
    }
  }
}

@compute @workgroup_size(${pointsPerGroup}) fn project_points(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  if (id.x < sweep.numbers.x) {
    let point = points[id.x];
    let at = (sweep.numbers.z + bitcast<u32>(point.w)) * 3u;
    let q = vec4f(point.xyz, 1.0);
    let p = vec3f(dot(transforms[at], q), dot(transforms[at + 1u], q), dot(transforms[at + 2u], q));
    if (p.z > 0.0) {
      let z = min(p.z, MAX_DEPTH);
      atomicMax(&group_far, bitcast<u32>(z));
      let pixel = project_pixel(camera, p);
      let base = floor(pixel);
      if (all(base >= vec2f(-2.0)) && all(base <= camera.size_limit.xy + 1.0)) {
        add_to_tiles(pixel, z);
      }
    }
  }
  workgroupBarrier();
  if (local == 0u) {
    atomicMax(&counters.far_bits, atomicLoad(&group_far));
  }
}
`

/**
 * Second pass: a tile per work group, a pixel per invocation, which walks the tile's list twice.
 *
 * A point's weight falls with its depth as (1 + z)^-e, e = 50 / ln(1 + z_max): over 21 orders of magnitude. A list's order differs from
 * run to run, so sums are kept in fixed point, whose result does not depend on it; to make them fit, weights are taken relative to
 * the nearest point that touches the pixel, which leaves the weighted mean as it is. With a = ln(1 + z), a0 that of the nearest point
 * and r = exp(a - a0), the depth is z0 + (1 + z0) * sum(w (r - 1)) / sum(w), w = gauss * r^-e.
 */
export const lidarSplatWgsl = /* wgsl */ `
struct Counters {
  nodes: u32,
  far_bits: u32,
};

const GREY_DEPTH = 75.0;
// Fixed point of the sums: 4,096 points of full weight fit into 32 bits.
const ONE = 1048576.0;
const NEXT_BITS = 29u;
const NEXT_MASK = 0x1fffffffu;

@group(0) @binding(0) var<storage, read> counters: Counters;
@group(0) @binding(1) var<storage, read> nodes: array<vec4f>;
@group(0) @binding(2) var<storage, read> heads: array<u32>;
@group(0) @binding(3) var picture: texture_storage_2d<rgba8unorm, write>;

@compute @workgroup_size(${tileWidth}, ${tileHeight}) fn splat_tile(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(num_workgroups) tiles: vec3u,
  @builtin(global_invocation_id) id: vec3u,
) {
  let head = heads[tile.y * tiles.x + tile.x];
  let pixel = vec2f(id.xy);
  var nearest = 100.0;
  var at = head;
  while (at != 0u) {
    let node = nodes[at];
    let steps = abs(floor(node.xy) - pixel);
    nearest = select(nearest, min(nearest, node.z), max(steps.x, steps.y) <= 2.0);
    at = bitcast<u32>(node.w) & NEXT_MASK;
  }
  let steepness = 50.0 / log(1.0 + bitcast<f32>(counters.far_bits));
  var weights = 0u;
  var offsets = 0u;
  at = head;
  while (at != 0u) {
    let node = nodes[at];
    let word = bitcast<u32>(node.w);
    at = word & NEXT_MASK;
    let steps = abs(floor(node.xy) - pixel);
    let off = node.xy - (pixel + 0.5);
    let behind = node.z - nearest;
    let weight = exp(-0.5 * dot(off, off) - steepness * behind) * (f32(word >> NEXT_BITS) * ONE);
    // exp(behind) - 1 by its series: where the weight is not 0, behind is below 14.6 / steepness, which is at most 2.1 and mostly
    // far less.
    let excess = behind * (1.0 + behind * (0.5 + behind * (1.0 / 6.0 + behind * (1.0 / 24.0 + behind / 120.0))));
    let touches = max(steps.x, steps.y) <= 2.0 && weight >= 0.5;
    weights += select(0u, u32(weight + 0.5), touches);
    offsets += select(0u, u32(weight * excess + 0.5), touches);
  }
  let z = exp(nearest) - 1.0;
  let depth = z + (1.0 + z) * f32(offsets) / f32(max(weights, 1u));
  let grey = select(0.0, floor(clamp(depth, 0.0, GREY_DEPTH) / GREY_DEPTH * 255.0) / 255.0, weights > 0u);
  textureStore(picture, id.xy, vec4f(grey, grey, grey, 1.0));
}
`

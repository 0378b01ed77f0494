import { cameraWgsl } from '../../camera/project.wgsl.ts'
import type { PointDescription } from '../description.ts'

/** Invocations of one work group, in all passes. */
export const groupSize = 64

/** Work groups of one row of a dispatch over points: WebGPU's limit of a dimension. */
export const groupsPerRow = 65_535

/** A point's splat reaches this many pixels to each side of its own. */
export const splatReach = 2

/**
 * Splatted points in five compute passes.
 *
 * A point's weight falls with its depth as (1 + z)^-e, e = sharpness / ln(1 + z_max): over 21 orders of magnitude. WebGPU has no float atomics, and
 * sums must not depend on the order of the points, so they are kept in fixed point; to make them fit, weights are taken relative to
 * the nearest point that touches the pixel, which leaves a weighted mean as it is. With a = ln(1 + z), a0 that of the nearest point
 * and r = exp(a - a0), a pixel's depth is z0 + (1 + z0) * sum(w (r - 1)) / sum(w), w = gauss * r^-e.
 *
 * 1. project_points: every point to its pixel; those that touch the picture go into a list, and the nearest of each pixel is kept.
 * 2. spread_rows, spread_columns: the nearest within two pixels, which is the nearest that touches (one atomic a point instead of 25).
 * 3. splat_points: the sums. 4. paint: the grey.
 */
export const lidarWgsl = ({ splat, white }: Pick<PointDescription, 'splat' | 'white'>): string => /* wgsl */ `
${cameraWgsl}

struct Sweep {
  // points, how often each counts, index of the first transform, invocations of one row of the dispatch
  numbers: vec4u,
};

struct Counters {
  visible: atomic<u32>,
  // Bits of the largest z in front of the camera: positive floats order as their bits do.
  far_bits: atomic<u32>,
  // Work groups of splat_points: x, y, z for dispatchWorkgroupsIndirect.
  groups: array<u32, 3>,
};

const MAX_DEPTH = ${splat.farthest.toFixed(3)};
const SHARPNESS = ${splat.sharpness.toFixed(3)};
const WHITE_DEPTH = ${white.toFixed(3)};
// Fixed point of the sums: 4,096 points at a pixel's centre fit into 32 bits.
const ONE = 1048576.0;
const REACH = ${splatReach};

@group(0) @binding(0) var<uniform> camera: Camera;
@group(0) @binding(1) var<storage, read_write> counters: Counters;
// pixel u, v; z; how often the point counts
@group(0) @binding(2) var<storage, read_write> visible: array<vec4f>;
// Inverted bits of ln(1 + z) of the nearest point: 0 is "none", larger is nearer. With a margin of REACH pixels all around.
@group(0) @binding(3) var<storage, read_write> own: array<atomic<u32>>;
// The same, of the pixels within REACH in the row, and then in both directions; without margin to the sides, and at all.
@group(0) @binding(4) var<storage, read_write> rows: array<u32>;
@group(0) @binding(5) var<storage, read_write> nearest: array<u32>;
@group(0) @binding(6) var<storage, read_write> weights: array<atomic<u32>>;
@group(0) @binding(7) var<storage, read_write> offsets: array<atomic<u32>>;
@group(0) @binding(8) var picture: texture_storage_2d<rgba8unorm, write>;

// x, y, z in the sweep's frame; bits of the transform's number within the sweep
@group(1) @binding(0) var<storage, read> points: array<vec4f>;
@group(1) @binding(1) var<uniform> sweep: Sweep;
// Rows of points_to_camera, 3x4 each: first that of what stands still, then of each box that moves.
@group(1) @binding(2) var<storage, read> transforms: array<vec4f>;

fn size() -> vec2i {
  return vec2i(camera.size_limit.xy);
}

@compute @workgroup_size(${groupSize}) fn project_points(@builtin(global_invocation_id) id: vec3u) {
  let index = id.y * sweep.numbers.w + id.x;
  if (index < sweep.numbers.x) {
    let point = points[index];
    let at = (sweep.numbers.z + bitcast<u32>(point.w)) * 3u;
    let q = vec4f(point.xyz, 1.0);
    let p = vec3f(dot(transforms[at], q), dot(transforms[at + 1u], q), dot(transforms[at + 2u], q));
    if (p.z > 0.0) {
      let z = min(p.z, MAX_DEPTH);
      // Not through work group memory: its barrier costs a software rasteriser more than this does. Few points raise the maximum.
      if (bitcast<u32>(z) > atomicLoad(&counters.far_bits)) {
        atomicMax(&counters.far_bits, bitcast<u32>(z));
      }
      let pixel = project_pixel(camera, p);
      let base = floor(pixel);
      if (all(base >= vec2f(f32(-REACH))) && all(base <= camera.size_limit.xy + f32(REACH - 1))) {
        visible[atomicAdd(&counters.visible, 1u)] = vec4f(pixel, z, f32(sweep.numbers.y));
        let place = vec2i(base) + REACH;
        atomicMax(&own[place.y * (size().x + 2 * REACH) + place.x], ~bitcast<u32>(log(1.0 + z)));
      }
    }
  }
}

// One invocation a pixel of the rows, the margin above and below included.
@compute @workgroup_size(${groupSize}) fn spread_rows(@builtin(global_invocation_id) id: vec3u) {
  let width = size().x;
  if (i32(id.x) >= width) {
    return;
  }
  let first = i32(id.y) * (width + 2 * REACH) + i32(id.x);
  var best = 0u;
  for (var i = 0; i <= 2 * REACH; i++) {
    best = max(best, atomicLoad(&own[first + i]));
  }
  rows[i32(id.y) * width + i32(id.x)] = best;
}

@compute @workgroup_size(${groupSize}) fn spread_columns(@builtin(global_invocation_id) id: vec3u) {
  let width = size().x;
  if (i32(id.x) >= width) {
    return;
  }
  let pixel = i32(id.y) * width + i32(id.x);
  var best = 0u;
  for (var i = 0; i <= 2 * REACH; i++) {
    best = max(best, rows[pixel + i * width]);
  }
  nearest[pixel] = best;
}

@compute @workgroup_size(1) fn count_groups() {
  let groups = (atomicLoad(&counters.visible) + ${groupSize - 1}u) / ${groupSize}u;
  counters.groups = array<u32, 3>(min(groups, ${groupsPerRow}u), (groups + ${groupsPerRow - 1}u) / ${groupsPerRow}u, 1u);
}

@compute @workgroup_size(${groupSize}) fn splat_points(@builtin(global_invocation_id) id: vec3u) {
  let index = id.y * ${groupsPerRow * groupSize}u + id.x;
  if (index >= atomicLoad(&counters.visible)) {
    return;
  }
  let point = visible[index];
  let steepness = SHARPNESS / log(1.0 + bitcast<f32>(atomicLoad(&counters.far_bits)));
  let a = log(1.0 + point.z);
  let limit = size();
  let base = vec2i(floor(point.xy));
  for (var dy = -REACH; dy <= REACH; dy++) {
    for (var dx = -REACH; dx <= REACH; dx++) {
      let place = base + vec2i(dx, dy);
      if (place.x >= 0 && place.y >= 0 && place.x < limit.x && place.y < limit.y) {
        let pixel = place.y * limit.x + place.x;
        let behind = a - bitcast<f32>(~nearest[pixel]);
        let off = point.xy - (vec2f(place) + 0.5);
        let weight = exp(-0.5 * dot(off, off) - steepness * behind) * (point.w * ONE);
        if (weight >= 0.5) {
          // exp(behind) - 1 by its series: where the weight is not 0, behind is below 14.6 / steepness, which is at most 2.1 and
          // mostly far less.
          let excess = behind * (1.0 + behind * (0.5 + behind * (1.0 / 6.0 + behind * (1.0 / 24.0 + behind / 120.0))));
          atomicAdd(&weights[pixel], u32(weight + 0.5));
          atomicAdd(&offsets[pixel], u32(weight * excess + 0.5));
        }
      }
    }
  }
}

// Black is empty, near is dark, WHITE_DEPTH and beyond is white.
@compute @workgroup_size(${groupSize}) fn paint(@builtin(global_invocation_id) id: vec3u) {
  let width = size().x;
  if (i32(id.x) >= width) {
    return;
  }
  let pixel = i32(id.y) * width + i32(id.x);
  let weight = atomicLoad(&weights[pixel]);
  let z = exp(bitcast<f32>(~nearest[pixel])) - 1.0;
  let depth = z + (1.0 + z) * f32(atomicLoad(&offsets[pixel])) / f32(max(weight, 1u));
  let grey = select(0.0, floor(clamp(depth, 0.0, WHITE_DEPTH) / WHITE_DEPTH * 255.0) / 255.0, weight > 0u);
  textureStore(picture, id.xy, vec4f(grey, grey, grey, 1.0));
}
`

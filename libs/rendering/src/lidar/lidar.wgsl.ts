import { cameraWgsl } from '../camera/project.wgsl.ts'

/**
 * lidar-v1 in three compute passes and one that draws.
 *
 * A point's weight falls with its depth as (1 + z)^-e, e = 50 / ln(1 + z_max): over 21 orders of magnitude. WebGPU has no float atomics,
 * so sums are kept in fixed point, and to make them fit, weights are taken relative to the nearest point that touches the pixel: the
 * mean depth does not change when all weights of a pixel are scaled alike. With a = ln(1 + z), a0 that of the nearest point and
 * r = exp(a - a0), a pixel's depth is z0 + (1 + z0) * sum(w (r - 1)) / sum(w), w = gauss * r^-e.
 */
export const lidarWgsl = /* wgsl */ `
${cameraWgsl}

struct Sweep {
  // points, how often each counts, index of the first transform, unused
  numbers: vec4u,
};

struct Counters {
  visible: atomic<u32>,
  // Bits of the largest z in front of the camera: positive floats order as their bits do.
  far_bits: atomic<u32>,
  // Work groups of the splat pass: x, y, z for dispatchWorkgroupsIndirect.
  groups_x: u32,
  groups_y: u32,
  groups_z: u32,
};

const MAX_DEPTH = 1000.0;
const GREY_DEPTH = 75.0;
// Fixed point of the sums: 4,096 points of full weight fit into 32 bits.
const ONE = 1048576.0;
const GROUP = 64u;

@group(0) @binding(0) var<uniform> camera: Camera;
@group(0) @binding(1) var<storage, read_write> counters: Counters;
// pixel u, v; z; how often the point counts
@group(0) @binding(2) var<storage, read_write> visible: array<vec4f>;
// Inverted bits of ln(1 + z) of the nearest point: 0 is "none yet", larger is nearer.
@group(0) @binding(3) var<storage, read_write> nearest: array<atomic<u32>>;
@group(0) @binding(4) var<storage, read_write> weights: array<atomic<u32>>;
@group(0) @binding(5) var<storage, read_write> offsets: array<atomic<u32>>;

// x, y, z in the sweep's frame; bits of the transform's number within the sweep
@group(1) @binding(0) var<storage, read> points: array<vec4f>;
@group(1) @binding(1) var<uniform> sweep: Sweep;
// Rows of points_to_camera, 3x4 each: first that of what stands still, then of each box that moves.
@group(1) @binding(2) var<storage, read> transforms: array<vec4f>;

var<workgroup> group_far: atomic<u32>;

@compute @workgroup_size(GROUP) fn project_points(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
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
        visible[atomicAdd(&counters.visible, 1u)] = vec4f(pixel, z, f32(sweep.numbers.y));
        let key = ~bitcast<u32>(log(1.0 + z));
        let size = vec2i(camera.size_limit.xy);
        let first = max(vec2i(base) - 2, vec2i(0));
        let last = min(vec2i(base) + 2, size - 1);
        for (var y = first.y; y <= last.y; y++) {
          for (var x = first.x; x <= last.x; x++) {
            atomicMax(&nearest[y * size.x + x], key);
          }
        }
      }
    }
  }
  workgroupBarrier();
  if (local == 0u) {
    atomicMax(&counters.far_bits, atomicLoad(&group_far));
  }
}

@compute @workgroup_size(1) fn count_groups() {
  counters.groups_x = (atomicLoad(&counters.visible) + GROUP - 1u) / GROUP;
  counters.groups_y = 1u;
  counters.groups_z = 1u;
}

@compute @workgroup_size(GROUP) fn splat_points(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= atomicLoad(&counters.visible)) {
    return;
  }
  let point = visible[id.x];
  let steepness = 50.0 / log(1.0 + bitcast<f32>(atomicLoad(&counters.far_bits)));
  let a = log(1.0 + point.z);
  let size = vec2i(camera.size_limit.xy);
  let base = vec2i(floor(point.xy));
  let first = max(base - 2, vec2i(0));
  let last = min(base + 2, size - 1);
  for (var y = first.y; y <= last.y; y++) {
    for (var x = first.x; x <= last.x; x++) {
      let pixel = y * size.x + x;
      let behind = a - bitcast<f32>(~atomicLoad(&nearest[pixel]));
      let off = point.xy - (vec2f(f32(x), f32(y)) + 0.5);
      let exponent = 0.5 * dot(off, off) + steepness * behind;
      // Below 2^-21 the fixed-point weight is 0.
      if (exponent < 14.6) {
        let weight = exp(-exponent) * point.w * ONE;
        // exp(behind) - 1 to 1e-5 of itself: behind is below 14.6 / steepness, and small where the weight is not.
        let excess = behind * (1.0 + behind * (0.5 + behind * (1.0 / 6.0 + behind * (1.0 / 24.0 + behind / 120.0))));
        atomicAdd(&weights[pixel], u32(weight + 0.5));
        atomicAdd(&offsets[pixel], u32(weight * excess + 0.5));
      }
    }
  }
}
`

/** Draws the sums as grey: black is empty, near is dark, 75 m and beyond is white. */
export const lidarGreyWgsl = /* wgsl */ `
@group(0) @binding(0) var<uniform> width: vec4u;
@group(0) @binding(1) var<storage, read> nearest: array<u32>;
@group(0) @binding(2) var<storage, read> weights: array<u32>;
@group(0) @binding(3) var<storage, read> offsets: array<u32>;

@vertex fn whole_picture(@builtin(vertex_index) corner: u32) -> @builtin(position) vec4f {
  return vec4f(f32(corner & 1u) * 4.0 - 1.0, f32(corner >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

@fragment fn grey(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let pixel = u32(position.y) * width.x + u32(position.x);
  let weight = weights[pixel];
  if (weight == 0u) {
    return vec4f(0.0, 0.0, 0.0, 1.0);
  }
  let z = exp(bitcast<f32>(~nearest[pixel])) - 1.0;
  let depth = z + (1.0 + z) * f32(offsets[pixel]) / f32(weight);
  return vec4f(vec3f(floor(clamp(depth, 0.0, 75.0) / 75.0 * 255.0) / 255.0), 1.0);
}
`

import { cameraWgsl } from '../camera/project.wgsl.ts'

/**
 * Lines and filled areas of hdmap-v1.
 *
 * Within a layer later primitives overwrite earlier ones, layers merge by the per-channel maximum. One pass does both: blending is MAX, and
 * each layer is drawn last primitive first under its own stencil number, which lets a pixel take a layer's colour once.
 *
 * Pixel positions in here are indices: pixel (0, 0) has its centre at (0, 0), as in OpenCV, whose thick line this follows: ends
 * rounded to whole pixels, width even to both sides, round ends.
 */
export const hdmapWgsl = /* wgsl */ `
${cameraWgsl}

@group(0) @binding(0) var<uniform> camera: Camera;
@group(0) @binding(1) var<storage, read> edges: array<vec4u>;
// What is drawn of them: edge, first sample | last sample << 16.
@group(0) @binding(2) var<storage, read> segments: array<vec2u>;

const FAR = 122.5;

struct LineVertex {
  @builtin(position) position: vec4f,
  @location(0) @interpolate(flat) ends: vec4f,
  @location(1) @interpolate(flat) inverse_depths_width: vec3f,
  @location(2) @interpolate(flat) colour: vec3f,
};

fn to_clip(pixel: vec2f) -> vec4f {
  let ndc = (pixel + 0.5) / camera.size_limit.xy * 2.0 - 1.0;
  return vec4f(ndc.x, -ndc.y, 0.0, 1.0);
}

// Where b lies behind the camera, the point a fifth of the depth range in front of the camera plane on the way to a.
fn in_front(b: vec3f, a: vec3f) -> vec3f {
  if (b.z >= 0.0) {
    return b;
  }
  let t = -b.z / (a.z - b.z) + 0.2;
  return mix(b, a, t);
}

// The part of a line inside the picture, as parameters; x > y when there is none (Liang and Barsky 1984).
fn inside(a: vec2f, d: vec2f, high: vec2f) -> vec2f {
  var t = vec2f(0.0, 1.0);
  for (var axis = 0; axis < 2; axis++) {
    let low_side = -a[axis];
    let high_side = high[axis] - a[axis];
    if (d[axis] == 0.0) {
      if (low_side > 0.0 || high_side < 0.0) {
        return vec2f(1.0, 0.0);
      }
    } else {
      let p = low_side / d[axis];
      let q = high_side / d[axis];
      t = vec2f(max(t.x, min(p, q)), min(t.y, max(p, q)));
    }
  }
  return t;
}

@vertex fn line_vertex(@builtin(vertex_index) vertex: u32) -> LineVertex {
  let segment = segments[vertex / 4u];
  let corner = vertex % 4u;
  let first = edges[segment.x * 2u];
  let second = edges[segment.x * 2u + 1u];
  let last = f32(first.w - 1u);
  let start = to_camera(camera, bitcast<vec3f>(first.xyz));
  let end = to_camera(camera, bitcast<vec3f>(second.xyz));
  let a = mix(start, end, f32(segment.y & 0xffffu) / last);
  let b = mix(start, end, f32(segment.y >> 16u) / last);
  // OpenCV widens odd thicknesses by one: 4 pixels to each side for 8, 3 for 5.
  let half_width = f32(((second.w >> 24u) + 1u) / 2u);

  let pa = floor(project_pixel(camera, in_front(a, b)) + 0.5);
  let pb = floor(project_pixel(camera, in_front(b, a)) + 0.5);
  let d = pb - pa;
  let t = inside(pa, d, camera.size_limit.xy - 1.0);
  var out: LineVertex;
  out.position = vec4f(2.0, 2.0, 0.0, 1.0);
  let hidden = (a.z < 0.0 && b.z < 0.0) || t.x > t.y;
  let ca = pa + d * t.x;
  let cb = pa + d * t.y;
  out.ends = vec4f(ca, cb);
  // From one sample to the next the shade is that of the mean depth. A piece of several samples lies in front of the camera, where the
  // inverse depth is linear in the picture.
  let mean = 0.5 * (clamp(a.z, 0.0, FAR) + clamp(b.z, 0.0, FAR));
  let inverse = select(1.0 / vec2f(a.z, b.z), vec2f(1.0 / max(mean, 1e-3)), (segment.y >> 16u) - (segment.y & 0xffffu) == 1u);
  out.inverse_depths_width = vec3f(mix(inverse.x, inverse.y, t.x), mix(inverse.x, inverse.y, t.y), half_width);
  out.colour = vec3f(f32(second.w & 255u), f32((second.w >> 8u) & 255u), f32((second.w >> 16u) & 255u));
  if (!hidden) {
    let extent = length(cb - ca);
    let along = select(vec2f(1.0, 0.0), (cb - ca) / max(extent, 1e-6), extent > 0.0) * (half_width + 0.5);
    let across = vec2f(-along.y, along.x);
    let tip = select(ca - along, cb + along, (corner & 1u) == 1u);
    out.position = to_clip(tip + select(-across, across, (corner & 2u) == 2u));
  }
  return out;
}

@fragment fn line_fragment(in: LineVertex) -> @location(0) vec4f {
  let q = in.position.xy - 0.5 - in.ends.xy;
  let d = in.ends.zw - in.ends.xy;
  let extent = max(length(d), 1e-6);
  let along = dot(q, d) / extent;
  let h = clamp(along / extent, 0.0, 1.0);
  // OpenCV fills the line's rectangle with its outline, which takes the pixel nearest to it along the minor axis, and puts a disc on each
  // end: of the pixels at whole offsets, those nearer than the half width plus 0.35.
  let outline = 0.5 * max(abs(d.x), abs(d.y)) / extent;
  let off = q - d * h;
  let reach = in.inverse_depths_width.z + select(0.35, outline, along >= 0.0 && along <= extent && outline > 0.0);
  if (dot(off, off) > reach * reach) {
    discard;
  }
  let depth = min(1.0 / mix(in.inverse_depths_width.x, in.inverse_depths_width.y, h), FAR);
  return vec4f(floor(in.colour * (2.0 * (FAR - depth) / 255.0)) / 255.0, 1.0);
}

struct AreaVertex {
  @builtin(position) position: vec4f,
  @location(0) @interpolate(flat) colour: vec4f,
};

@vertex fn area_vertex(@location(0) pixel: vec2f, @location(1) colour: vec4f) -> AreaVertex {
  return AreaVertex(to_clip(pixel), colour);
}

@fragment fn area_fragment(in: AreaVertex) -> @location(0) vec4f {
  return in.colour;
}
`

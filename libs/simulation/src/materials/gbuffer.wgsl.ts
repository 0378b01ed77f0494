import { noiseWgsl } from './noise.wgsl.ts'

/** Values of one frame that every pass reads. Layout: see render/frame-uniforms.ts. */
export const frameWgsl = /* wgsl */ `
struct Light { place: vec4<f32>, colour: vec4<f32>, aim: vec4<f32> };
struct Box { place: vec4<f32>, half: vec4<f32>, motion: vec4<f32> };
struct Frame {
  worldToClip: mat4x4<f32>,
  cameraToWorld: mat4x4<f32>,
  lens: vec4<f32>,
  size: vec4<f32>,
  street: vec4<f32>,
  counts: vec4<f32>,
  lights: array<Light, 28>,
  boxes: array<Box, 14>,
  signals: array<vec4<f32>, 48>,
};
`

/** Geometry into the G-buffer: albedo and occlusion; normal, class with material, one value of the material; depth along the camera's z. */
export const gbufferWgsl = /* wgsl */ `
${frameWgsl}
${noiseWgsl}
/** Share of the panes that are lit at night, the same in every look. */
const litShare = 0.34;

struct Instance { place: vec4<f32>, paint: vec4<f32>, more: vec4<f32> };
@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read> instances: array<Instance>;
@group(0) @binding(2) var<uniform> clipMatrix: mat4x4<f32>;

struct In {
  @location(0) position: vec3<f32>,
  @location(1) normal: vec4<f32>,
  @location(2) colour: vec4<f32>,
  @location(3) uv: vec2<f32>,
  @location(4) info: vec4<u32>,
};
struct Out {
  @builtin(position) clip: vec4<f32>,
  @location(0) local: vec3<f32>,
  @location(1) normal: vec3<f32>,
  @location(2) colour: vec4<f32>,
  @location(3) uv: vec2<f32>,
  @location(4) depth: f32,
  @location(5) @interpolate(flat) info: vec4<u32>,
  @location(6) @interpolate(flat) flag: f32,
};

fn placed(v: In, at: Instance) -> mat2x3<f32> {
  var p = v.position;
  var n = v.normal.xyz;
  // Walk cycle: legs turn about the hip, arms about the shoulder, in the x-z plane.
  let limb = v.normal.w;
  if (limb > 0.1) {
    let step = i32(round(limb * 4.0));
    let leg = step <= 2;
    let pivot = select(1.42, 0.86, leg);
    let side = select(-1.0, 1.0, (step & 1) == 1);
    let angle = side * select(0.35, 0.48, leg) * at.paint.w;
    let c = cos(angle);
    let s = sin(angle);
    let q = vec2<f32>(p.x, p.z - pivot);
    p = vec3<f32>(c * q.x - s * q.y, p.y, pivot + s * q.x + c * q.y);
    n = vec3<f32>(c * n.x - s * n.z, n.y, s * n.x + c * n.z);
  }
  // Height of a person; the slope that a vehicle stands on.
  let pitch = vec2<f32>(cos(at.more.x), sin(at.more.x));
  p = at.more.y * vec3<f32>(pitch.x * p.x - pitch.y * p.z, p.y, pitch.y * p.x + pitch.x * p.z);
  n = vec3<f32>(pitch.x * n.x - pitch.y * n.z, n.y, pitch.y * n.x + pitch.x * n.z);
  let c = cos(at.place.w);
  let s = sin(at.place.w);
  return mat2x3<f32>(
    vec3<f32>(c * p.x - s * p.y, s * p.x + c * p.y, p.z) + at.place.xyz,
    vec3<f32>(c * n.x - s * n.y, s * n.x + c * n.y, n.z));
}

@vertex fn vertex(v: In, @builtin(instance_index) i: u32) -> Out {
  let at = instances[i];
  let world = placed(v, at);
  var out: Out;
  out.clip = frame.worldToClip * vec4<f32>(world[0], 1.0);
  out.local = select(world[0], v.position, i > 0u);
  out.normal = world[1];
  out.colour = v.colour;
  if (v.info.z == 1u && i > 0u) { out.colour = vec4<f32>(v.colour.rgb * at.paint.rgb, v.colour.a); }
  out.uv = v.uv;
  out.depth = out.clip.w;
  out.info = v.info;
  out.flag = at.paint.w;
  // Tail lamps: 1 lit, 2 braking.
  if (v.info.y == 7u && at.more.z > 0.5) { out.flag = 2.0; }
  return out;
}

@vertex fn shadowVertex(v: In, @builtin(instance_index) i: u32) -> @builtin(position) vec4<f32> {
  return clipMatrix * vec4<f32>(placed(v, instances[i])[0], 1.0);
}

struct Target {
  @location(0) albedo: vec4<f32>,
  @location(1) surface: vec4<f32>,
  @location(2) depth: f32,
};

fn octahedral(n: vec3<f32>) -> vec2<f32> {
  let p = n.xy / (abs(n.x) + abs(n.y) + abs(n.z));
  let folded = (1.0 - abs(p.yx)) * select(vec2<f32>(-1.0), vec2<f32>(1.0), p >= vec2<f32>(0.0));
  return select(folded, p, n.z >= 0.0) * 0.5 + 0.5;
}

/** Share of a pixel of width w around x that lies in [a, b]: a box-filtered pulse. */
fn pulse(x: f32, a: f32, b: f32, w: f32) -> f32 {
  return clamp((min(x + w * 0.5, b) - max(x - w * 0.5, a)) / w, 0.0, 1.0);
}
fn pulse2(p: vec2<f32>, a: vec2<f32>, b: vec2<f32>, w: vec2<f32>) -> f32 {
  return pulse(p.x, a.x, b.x, w.x) * pulse(p.y, a.y, b.y, w.y);
}

/** How much vehicles near by keep light from a point on the ground. */
fn contact(world: vec3<f32>) -> f32 {
  var open = 1.0;
  for (var i = 0; i < i32(frame.counts.y); i++) {
    let box = frame.boxes[i];
    let q = world.xy - box.place.xy;
    if (dot(q, q) > 36.0) { continue; }
    let local = vec2<f32>(dot(q, box.place.zw), dot(q, vec2<f32>(-box.place.w, box.place.z)));
    let e = abs(local) - box.half.xy + 0.25;
    let distance = length(max(e, vec2<f32>(0.0))) + min(max(e.x, e.y), 0.0);
    open *= 1.0 - box.half.z * (1.0 - smoothstep(-0.45, 0.75, distance));
  }
  return open;
}

@fragment fn fragment(v: Out) -> Target {
  let width = max(fwidth(v.uv), vec2<f32>(1e-4));
  let ground = max(fwidth(v.local.x), fwidth(v.local.y));
  var colour = v.colour.rgb;
  var material = v.info.y;
  var value = 0.0;
  let fine = clamp(1.4 - ground * 12.0, 0.0, 1.0);
  let coarse = clamp(1.4 - ground * 1.2, 0.0, 1.0);
  // Noise for whatever the material is, asked for once: SwiftShader runs every case of a switch for every pixel.
  let p2 = v.local.xy;
  var placeA = p2 * 0.45;
  var placeB = p2 * 11.0;
  var placeC = vec2<i32>(floor(v.uv / 0.9));
  switch (material) {
    case 2u: { placeA = p2 * 2.3; }
    case 9u: { placeA = p2 * 2.1 + v.local.z * 1.7; placeB = v.local.xz * 5.3 + v.local.y * 3.1; }
    case 10u: { placeA = p2 * 0.31; placeB = p2 * 4.7; }
    case 12u: { placeA = p2 * 0.6; }
    case 14u: {
      let seed = i32(v.info.z);
      placeA = v.uv * vec2<f32>(0.7, 0.9) + f32(seed);
      placeC = vec2<i32>(floor(v.uv)) * vec2<i32>(7, 13) + vec2<i32>(seed * 31, seed * 17);
    }
    default: {}
  }
  let noiseA = noise2(placeA);
  let noiseB = noise2(placeB);
  let random = hash2(placeC);
  switch (material) {
    case 1u: { // asphalt
      colour *= 1.0 + 0.16 * (noiseA - 0.5) * coarse + 0.12 * (noiseB - 0.5) * fine;
      let lane = select(frame.street.x, f32(v.info.w) * 0.02, v.info.w > 0u);
      let t = (fract(v.uv.y / lane) - 0.5) * lane;
      let inside = v.info.z == 2u || (v.uv.y > frame.street.y && v.uv.y < frame.street.z);
      if (inside && v.info.z > 0u) { value = 1.0 - smoothstep(0.16, 0.42, abs(abs(t) - 0.8)); }
      colour *= 1.0 - 0.05 * value;
    }
    case 2u: { // road paint, worn a little
      colour *= 1.0 - 0.12 * noiseA * coarse;
      let lane = frame.street.x;
      value = 1.0 - smoothstep(0.16, 0.42, abs(abs((fract(v.uv.y / lane) - 0.5) * lane) - 0.8));
    }
    case 9u: { // leaves
      let n = noiseA * 0.6 + noiseB * 0.4;
      colour *= 0.78 + 0.44 * mix(0.5, n, clamp(1.5 - ground * 3.0, 0.0, 1.0));
    }
    case 10u: { // grass
      colour *= 1.0 + 0.3 * (noiseA - 0.5) * coarse + 0.22 * (noiseB - 0.5) * fine;
    }
    case 12u: { // paving stones
      let p = v.uv / 0.9;
      let w = width / 0.9;
      let joint = max(pulse(fract(p.x), 0.0, 0.05, w.x), pulse(fract(p.y), 0.0, 0.05, w.y)) * clamp(1.3 - max(w.x, w.y) * 2.0, 0.0, 1.0);
      colour *= (1.0 - 0.16 * joint) * (1.0 + 0.1 * (random - 0.5) * clamp(1.2 - max(w.x, w.y), 0.0, 1.0));
      colour *= 1.0 + 0.08 * (noiseA - 0.5) * coarse;
    }
    case 14u: { // facade
      material = 0u;
      let seed = i32(v.info.z);
      let style = v.info.w & 3u;
      let floors = i32((v.info.w >> 2u) & 15u);
      let cell = vec2<i32>(floor(v.uv));
      let f = v.uv - floor(v.uv);
      let ground_floor = cell.y == 0;
      let shop = ground_floor && ((v.info.w >> 6u) & 1u) == 1u;
      let balcony = !ground_floor && (seed & 32) != 0 && ((cell.x + (seed >> 1u)) & 1) == 0;
      var low = vec2<f32>(0.28, 0.26);
      var high = vec2<f32>(0.72, 0.8);
      if (style == 1u) { low = vec2<f32>(0.2, 0.3); high = vec2<f32>(0.8, 0.78); }
      if (style == 2u) { low = vec2<f32>(0.3, 0.22); high = vec2<f32>(0.7, 0.84); }
      if (style == 3u) { low = vec2<f32>(0.1, 0.34); high = vec2<f32>(0.9, 0.82); }
      if (balcony) { low.y = 0.08; }
      if (shop) { low = vec2<f32>(0.07, 0.1); high = vec2<f32>(0.93, 0.72); }
      let far = clamp(1.6 - max(width.x, width.y) * 1.6, 0.0, 1.0);
      // Walls by the building's seed: plaster, brick, plaster with a coloured base, panels; a band under each floor, and stains.
      let wall = (seed >> 3u) & 3;
      colour *= 1.0 - 0.1 * pulse(f.y, 0.0, 0.05, width.y) * far;
      colour *= 1.0 + 0.08 * (noiseA - 0.5);
      if (wall == 1) {
        colour *= vec3<f32>(0.95, 0.82, 0.74);
        let course = v.uv * vec2<f32>(11.0, 36.0);
        let w = width * vec2<f32>(11.0, 36.0);
        let seen = clamp(1.5 - w.y * 1.5, 0.0, 1.0);
        let x = course.x + 0.5 * f32(i32(floor(course.y)) & 1);
        let joint = max(pulse(fract(course.y), 0.0, 0.16, w.y), pulse(fract(x), 0.0, 0.07, w.x));
        colour *= 1.0 + (0.16 * joint + 0.12 * (hash2(vec2<i32>(floor(vec2<f32>(x, course.y)))) - 0.5)) * seen;
      } else if (wall == 2 && ground_floor) {
        colour *= vec3<f32>(0.74, 0.72, 0.7);
      } else if (wall == 3) {
        let joint = max(pulse(f.x, 0.0, 0.02, width.x), pulse(f.y, 0.96, 1.0, width.y));
        colour *= 1.0 - 0.22 * joint * far;
      }
      if (shop && f.y > 0.76) {
        colour = mix(colour, select(vec3<f32>(0.5, 0.16, 0.14), vec3<f32>(0.13, 0.3, 0.26), (seed & 4) == 0), 0.75);
      }
      if (cell.y >= floors) { colour *= 0.86; }
      if (cell.y < floors) {
        let frameMask = pulse2(f, low - vec2<f32>(0.04, 0.05), high + vec2<f32>(0.04, 0.04), width);
        let glass = pulse2(f, low, high, width);
        let middle = (low.x + high.x) * 0.5;
        let bar = pulse(f.x, middle - 0.018, middle + 0.018, width.x) * glass;
        colour = mix(colour, mix(colour, vec3<f32>(0.86, 0.85, 0.82), 0.6), frameMask - glass);
        var pane = clamp(glass - bar * 0.8, 0.0, 1.0);
        // What is lit at night has warm curtains or a warm interior that can be told from the dark panes by day.
        let lit = random < litShare;
        let shade = fract(random * 29.0);
        var inside = mix(vec3<f32>(0.11, 0.13, 0.16), vec3<f32>(0.17, 0.19, 0.22), step(0.5, shade));
        if (lit) { inside = mix(vec3<f32>(0.9, 0.6, 0.26), vec3<f32>(0.92, 0.76, 0.46), shade); }
        if (shop) { inside = mix(vec3<f32>(0.9, 0.62, 0.3), vec3<f32>(0.95, 0.76, 0.5), shade) * (1.0 - 0.45 * pulse(f.y, 0.1, 0.32, width.y)); }
        colour = mix(colour, inside, pane);
        if (balcony) {
          // Railing before the door: a rail over a parapet or bars.
          let rail = pulse2(f, vec2<f32>(0.04, 0.0), vec2<f32>(0.96, 0.3), width);
          let bars = select(0.5, select(0.35, 1.0, fract(f.x * 14.0) < 0.4), width.x < 0.03);
          let solid = select(max(bars, pulse(f.y, 0.26, 0.3, width.y)), 1.0, (seed & 64) != 0);
          colour = mix(colour, select(vec3<f32>(0.2, 0.21, 0.22), v.colour.rgb * 1.08, (seed & 64) != 0), rail * solid);
          pane *= 1.0 - rail * solid;
        }
        if (pane > 0.5) {
          material = select(3u, 13u, shop);
          value = select(0.0, 0.5 + 0.5 * shade, lit || shop);
        }
      }
    }
    case 8u: { // lamp heads; byte a: 0 a street lamp, else 1 + index of the signal that byte b is the red, amber or green of
      colour = select(vec3<f32>(0.98, 0.92, 0.6), colour, v.info.z > 0u);
      if (v.info.z > 0u) {
        let i = min(v.info.z - 1u, 191u);
        let state = i32(round(frame.signals[i >> 2u][i & 3u]));
        let mine = i32(v.info.w);
        value = select(0.0, 1.0, state == mine);
        if (state != mine) { material = 0u; colour = colour * 0.16 + 0.02; }
      }
    }
    case 6u: {
      value = select(0.0, 0.6, v.flag > 0.5);
      colour = select(vec3<f32>(0.42, 0.44, 0.46), vec3<f32>(1.0, 0.98, 0.92), v.flag > 0.5);
    }
    case 7u: { // brighter when braking
      value = select(0.0, select(0.6, 1.0, v.flag > 1.5), v.flag > 0.5);
      colour = select(vec3<f32>(0.36, 0.05, 0.05), vec3<f32>(0.85, 0.09, 0.06), v.flag > 0.5);
    }
    default: {}
  }
  var out: Target;
  var open = v.colour.a;
  if (v.info.x >= 1u && v.info.x <= 5u) { open *= contact(v.local); }
  out.albedo = vec4<f32>(colour, open);
  let code = f32(v.info.x * 16u + material);
  out.surface = vec4<f32>(octahedral(normalize(v.normal)), code / 255.0, value);
  out.depth = v.depth;
  return out;
}
`

import { frameWgsl } from '../materials/gbuffer.wgsl.ts'
import { noiseWgsl } from '../materials/noise.wgsl.ts'

/** Values of one look. Layout: see render/look-uniforms.ts. */
const lookWgsl = /* wgsl */ `
struct Look {
  shadowMatrix: mat4x4<f32>,
  sunDirection: vec4<f32>,   // w: share of the sun that shadows take away
  sun: vec4<f32>,            // w: glow of the sun in the sky
  zenith: vec4<f32>,         // w: contrast of clouds
  horizon: vec4<f32>,        // w: strength of halos
  ambient: vec4<f32>,        // w: share of lit windows
  fog: vec4<f32>,            // w: density per metre
  surface: vec4<f32>,        // wetness, snow, streaks, flakes
  lamps: vec4<f32>,          // street lamps, vehicle lights, exposure, saturation
  time: vec4<f32>,           // seconds, frame number, shadow map used, seed
};
`

const commonWgsl = /* wgsl */ `
@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<uniform> look: Look;
@group(0) @binding(2) var albedoMap: texture_2d<f32>;
@group(0) @binding(3) var surfaceMap: texture_2d<f32>;
@group(0) @binding(4) var depthMap: texture_2d<f32>;
@group(0) @binding(5) var shadowMap: texture_depth_2d;
@group(0) @binding(6) var shadowSampler: sampler_comparison;
@group(0) @binding(7) var<storage, read_write> radiance: array<vec4<f32>>;
@group(0) @binding(8) var<storage, read_write> bright: array<vec4<f32>>;
@group(0) @binding(9) var<storage, read_write> halo: array<vec4<f32>>;
@group(0) @binding(10) var<storage, read_write> pixels: array<u32>;
@group(0) @binding(11) var<storage, read_write> depths: array<f32>;
@group(0) @binding(12) var<storage, read_write> classes: array<u32>;

fn unfold(e: vec2<f32>) -> vec3<f32> {
  let p = e * 2.0 - 1.0;
  var n = vec3<f32>(p, 1.0 - abs(p.x) - abs(p.y));
  let t = max(-n.z, 0.0);
  n = vec3<f32>(n.xy - t * select(vec2<f32>(-1.0), vec2<f32>(1.0), n.xy >= vec2<f32>(0.0)), n.z);
  return normalize(n);
}
/** Ray through a pixel centre of the G-buffer, scaled so that its z in the camera is 1. */
fn rayOf(p: vec2<i32>) -> vec3<f32> {
  let uv = (vec2<f32>(p) + 0.5 - frame.lens.zw) / frame.lens.xy;
  return (frame.cameraToWorld * vec4<f32>(uv, 1.0, 0.0)).xyz;
}
fn eye() -> vec3<f32> { return frame.cameraToWorld[3].xyz; }

/** The sky without its clouds: what smooth surfaces mirror. */
fn plainSky(d: vec3<f32>) -> vec3<f32> {
  return mix(look.horizon.rgb, look.zenith.rgb, pow(clamp(d.z, 0.0, 1.0), 0.42));
}
fn skyColour(direction: vec3<f32>) -> vec3<f32> {
  let d = normalize(direction);
  let up = clamp(d.z, 0.0, 1.0);
  var c = plainSky(d);
  if (look.zenith.w > 0.0) {
    let p = d.xy / (0.16 + up) * 0.9;
    let cloud = smoothstep(0.42, 0.85, noise2(p * 1.3 + 7.0) * 0.6 + noise2(p * 3.1) * 0.3 + noise2(p * 6.7) * 0.1);
    let lit = look.horizon.rgb * 1.08 + look.sun.rgb * 0.16;
    c = mix(c, lit, cloud * look.zenith.w * smoothstep(0.02, 0.25, up));
  }
  if (look.sun.w > 0.0) {
    let toSun = max(dot(d, look.sunDirection.xyz), 0.0);
    c += look.sun.rgb * look.sun.w * (0.1 * pow(toSun, 4.0) + 0.3 * pow(toSun, 32.0) + 1.5 * pow(toSun, 900.0));
  }
  return c;
}
`

const lightWgsl = /* wgsl */ `
fn shadowAt(world: vec3<f32>, n: vec3<f32>) -> f32 {
  if (look.time.z < 0.5) { return 1.0; }
  let q = look.shadowMatrix * vec4<f32>(world + n * 0.12, 1.0);
  let uv = q.xy * vec2<f32>(0.5, -0.5) + 0.5;
  if (any(uv < vec2<f32>(0.002)) || any(uv > vec2<f32>(0.998))) { return 1.0; }
  var sum = 0.0;
  let texel = 1.0 / f32(textureDimensions(shadowMap).x);
  for (var i = 0; i < 4; i++) {
    let offset = vec2<f32>(f32(i & 1) - 0.5, f32(i >> 1) - 0.5) * texel * 1.5;
    sum += textureSampleCompareLevel(shadowMap, shadowSampler, uv + offset, q.z - 0.0004);
  }
  return sum * 0.25;
}

fn localLights(world: vec3<f32>, n: vec3<f32>) -> vec3<f32> {
  var sum = vec3<f32>(0.0);
  for (var i = 0; i < i32(frame.counts.x); i++) {
    let l = frame.lights[i];
    let to = l.place.xyz - world;
    let d2 = dot(to, to);
    if (d2 > l.aim.w) { continue; }
    let d = sqrt(d2);
    let direction = to / d;
    let cone = smoothstep(l.colour.w, mix(l.colour.w, 1.0, 0.85), dot(-direction, l.aim.xyz));
    let fade = 1.0 - smoothstep(0.5, 1.0, d2 / l.aim.w);
    let facing = clamp(dot(n, direction) * 0.85 + 0.15, 0.0, 1.0);
    sum += l.colour.rgb * (cone * fade * facing / (select(1.0, 40.0, l.place.w > 0.5) + d2));
  }
  return sum;
}

/**
 * Streaks that lamps and headlights draw on a wet road: mirrored rays may miss a light by much in elevation, by little in azimuth, since the
 * road is rough. Analytic, because marching through the screen's depths jumps over things as small as lamps.
 */
fn streaks(world: vec3<f32>, view: vec3<f32>) -> vec3<f32> {
  var sum = vec3<f32>(0.0);
  let flat = max(length(view.xy), 1e-3);
  let ahead = view.xy / flat;
  let rise = -view.z / flat;
  for (var i = 0; i < i32(frame.counts.x); i++) {
    let l = frame.lights[i];
    let to = l.place.xyz - world;
    let reach = length(to.xy);
    let along = dot(to.xy, ahead);
    if (along < 0.5 || reach > 90.0) { continue; }
    let aside = abs(to.x * ahead.y - to.y * ahead.x) / reach;
    let miss = atan(to.z / reach) - atan(rise);
    // A headlight shows only to those whom it faces.
    let seen = select(1.0, smoothstep(0.0, 0.6, -dot(l.aim.xy, ahead)), l.place.w > 0.5);
    sum += l.colour.rgb * (0.012 * seen * exp(-aside * aside / 0.0012 - miss * miss / 0.02));
  }
  return sum;
}

/** Light from one sample towards the camera; w: how strongly the surface mirrors, for wet ground. */
fn shade(at: vec2<i32>, z: f32, base: vec4<f32>, surface: vec4<f32>) -> vec4<f32> {
  let ray = rayOf(at);
  if (z <= 0.0) {
    return vec4<f32>(skyColour(ray), 0.0);
  }
  let code = u32(round(surface.z * 255.0));
  let kind = code >> 4u;
  let material = code & 15u;
  let value = surface.w;
  var n = unfold(surface.xy);
  let world = eye() + ray * z;
  let distance = length(ray) * z;
  let view = normalize(ray);
  // Albedo as displayed -> linear (gamma 2).
  var albedo = base.rgb * base.rgb;
  let ground = kind >= 1u && kind <= 5u;
  var wet = look.surface.x * clamp(n.z, 0.0, 1.0);
  let cover = look.surface.y;
  if (cover > 0.0) {
    let patches = noise2(world.xy * 0.55) * 0.6 + noise2(world.xy * 2.6) * 0.4;
    var white = smoothstep(0.45, 0.8, n.z) * smoothstep(0.0, 0.35, patches + 0.25);
    if (kind >= 1u && kind <= 3u) { white = mix(0.88, 0.34, value) * smoothstep(0.02, 0.5, patches + 0.16); }
    if (material == 9u) { white = smoothstep(-0.1, 0.9, n.z) * 0.85 * smoothstep(0.3, 0.6, patches + 0.2); }
    if (kind == 10u) { white = smoothstep(0.6, 0.95, n.z) * 0.75; }
    if (kind == 11u || material == 6u || material == 7u) { white = 0.0; }
    albedo = mix(albedo, vec3<f32>(0.72, 0.75, 0.8), clamp(white * cover, 0.0, 1.0));
    wet *= 1.0 - white;
  }
  if (wet > 0.0 && ground) { albedo *= mix(1.0, 0.5, wet); }
  else { albedo *= 1.0 - 0.2 * look.surface.x; }

  let open = base.a;
  let shadow = 1.0 - look.sunDirection.w * (1.0 - shadowAt(world, n));
  let direct = look.sun.rgb * max(dot(n, look.sunDirection.xyz), 0.0) * shadow * mix(1.0, open, 0.6);
  let dome = mix(vec3<f32>(0.42, 0.41, 0.4), vec3<f32>(1.0), n.z * 0.5 + 0.5);
  var lit = direct + look.ambient.rgb * dome * open;
  if (look.lamps.x > 0.0) { lit += look.lamps.x * localLights(world, n) * mix(1.0, open, 0.7); }
  var c = albedo * lit;

  // Smooth surfaces mirror the sky.
  let fresnel = pow(1.0 - max(dot(n, -view), 0.0), 5.0);
  if (material == 3u || material == 13u || material == 5u) {
    let mirrored = reflect(view, n);
    let seen = plainSky(vec3<f32>(mirrored.xy, abs(mirrored.z) + 0.08));
    let k = select(0.22, 0.34, material == 5u) + 0.6 * fresnel;
    c = mix(c, seen * open, clamp(k, 0.0, 0.9) * select(1.0, 0.75, material == 13u));
  }
  if (material == 4u) {
    let mirrored = reflect(view, n);
    c += plainSky(vec3<f32>(mirrored.xy, abs(mirrored.z) + 0.02)) * (0.05 + 0.4 * fresnel) * smoothstep(-0.3, 0.3, mirrored.z);
  }
  // What shines by itself.
  let lamps = look.lamps.x;
  if (material == 3u && value < look.ambient.w) {
    let warm = mix(vec3<f32>(1.0, 0.72, 0.4), vec3<f32>(0.95, 0.88, 0.74), fract(value * 37.0));
    c += warm * mix(0.45, 0.95, fract(value * 91.0)) * mix(0.55, 1.0, lamps);
  }
  if (material == 13u) { c += vec3<f32>(1.0, 0.78, 0.5) * mix(0.05, 0.5, lamps) * (0.55 + 0.45 * fract(value * 13.0)); }
  if (material == 8u) { c += vec3<f32>(1.0, 0.82, 0.56) * 9.0 * lamps; }
  let towards = clamp(dot(n, -view) * 1.5, 0.0, 1.0);
  if (material == 6u && value > 0.5) { c += vec3<f32>(1.0, 0.95, 0.84) * look.lamps.y * 9.0 * towards; }
  if (material == 7u && value > 0.5) { c += vec3<f32>(1.0, 0.08, 0.05) * look.lamps.y * 2.6 * towards; }
  if (material == 11u) { c += albedo * look.lamps.x * 0.5; }

  let haze = 1.0 - exp(-distance * look.fog.w);
  c = mix(c, look.fog.rgb, haze);
  if (ground && wet > 0.3 && look.lamps.x > 0.0) { c += streaks(world, view) * (wet * look.lamps.x * (0.6 + 0.8 * noise2(world.xy * 2.1)) * (1.0 - haze)); }
  // w: how strongly the surface mirrors, for wet ground; 0 elsewhere.
  let mirror = select(0.0, wet * (1.0 - haze) * (0.5 + 0.5 * fresnel), ground);
  return vec4<f32>(min(c, vec3<f32>(6.0)), mirror);
}

/** Shades each output pixel: once where its samples lie on one surface, else sample by sample. */
@compute @workgroup_size(8, 8) fn light(@builtin(global_invocation_id) id: vec3<u32>) {
  let out = vec2<u32>(frame.size.zw);
  if (any(id.xy >= out)) { return; }
  let factor = i32(frame.size.x) / i32(out.x);
  let origin = vec2<i32>(id.xy) * factor;
  let firstZ = textureLoad(depthMap, origin, 0).x;
  let firstSurface = textureLoad(surfaceMap, origin, 0);
  var albedo = vec4<f32>(0.0);
  var even = true;
  for (var k = 0; k < factor * factor; k++) {
    let p = origin + vec2<i32>(k % factor, k / factor);
    let z = textureLoad(depthMap, p, 0).x;
    let difference = abs(textureLoad(surfaceMap, p, 0) - firstSurface);
    albedo += textureLoad(albedoMap, p, 0);
    even = even && abs(z - firstZ) <= 0.04 * firstZ && all(difference < vec4<f32>(0.05, 0.05, 0.001, 0.03));
  }
  let share = 1.0 / f32(factor * factor);
  let step = select(1, factor * factor, even);
  var sum = vec4<f32>(0.0);
  for (var k = 0; k < factor * factor; k += step) {
    let p = origin + vec2<i32>(k % factor, k / factor);
    let base = select(textureLoad(albedoMap, p, 0), albedo * share, even);
    sum += shade(p, textureLoad(depthMap, p, 0).x, base, textureLoad(surfaceMap, p, 0));
  }
  radiance[id.y * out.x + id.x] = sum * select(share, 1.0, even);
}
`

const composeWgsl = /* wgsl */ `
fn block() -> u32 { return max(4u, u32(frame.size.w) / 44u); }
fn haloSize() -> vec2<u32> { return (vec2<u32>(frame.size.zw) + block() - 1u) / block(); }

@compute @workgroup_size(8, 8) fn gatherBright(@builtin(global_invocation_id) id: vec3<u32>) {
  let small = haloSize();
  if (any(id.xy >= small)) { return; }
  let size = vec2<u32>(frame.size.zw);
  let side = block();
  var sum = vec3<f32>(0.0);
  for (var y = 0u; y < side; y++) {
    for (var x = 0u; x < side; x++) {
      let p = min(id.xy * side + vec2<u32>(x, y), size - 1u);
      sum += max(radiance[p.y * size.x + p.x].rgb - vec3<f32>(0.9), vec3<f32>(0.0));
    }
  }
  bright[id.y * small.x + id.x] = vec4<f32>(sum / f32(side * side), 0.0);
}

@compute @workgroup_size(8, 8) fn spread(@builtin(global_invocation_id) id: vec3<u32>) {
  let small = vec2<i32>(haloSize());
  let at = vec2<i32>(id.xy);
  if (any(at >= small)) { return; }
  var sum = vec3<f32>(0.0);
  for (var y = -6; y <= 6; y++) {
    for (var x = -6; x <= 6; x++) {
      let p = at + vec2<i32>(x, y);
      if (any(p < vec2<i32>(0)) || any(p >= small)) { continue; }
      let d2 = f32(x * x + y * y);
      sum += bright[p.y * small.x + p.x].rgb * (0.16 * exp(-d2 * 0.55) + 0.018 * exp(-d2 * 0.07));
    }
  }
  halo[at.y * small.x + at.x] = vec4<f32>(sum, 0.0);
}

fn haloAt(p: vec2<f32>) -> vec3<f32> {
  let small = vec2<i32>(haloSize());
  let q = p / f32(block()) - 0.5;
  let i = vec2<i32>(floor(q));
  let f = q - floor(q);
  let limit = small - 1;
  let a = clamp(i, vec2<i32>(0), limit);
  let b = clamp(i + 1, vec2<i32>(0), limit);
  let top = mix(halo[a.y * small.x + a.x].rgb, halo[a.y * small.x + b.x].rgb, f.x);
  let bottom = mix(halo[b.y * small.x + a.x].rgb, halo[b.y * small.x + b.x].rgb, f.x);
  return mix(top, bottom, f.y);
}

/** What a ray from a wet surface meets on screen: marched through the depths; the sky where it leaves them. */
fn mirrored(world: vec3<f32>, direction: vec3<f32>) -> vec3<f32> {
  let size = vec2<i32>(frame.size.xy);
  var t = 0.35;
  for (var i = 0; i < 18; i++) {
    let q = frame.worldToClip * vec4<f32>(world + direction * t, 1.0);
    if (q.w < 0.5) { break; }
    let uv = vec2<f32>(q.x / q.w * 0.5 + 0.5, 0.5 - q.y / q.w * 0.5) * frame.size.xy;
    let p = vec2<i32>(floor(uv));
    if (any(p < vec2<i32>(0)) || any(p >= size)) { break; }
    let z = textureLoad(depthMap, p, 0).x;
    if (z > 0.0 && q.w > z && q.w - z < 0.6 + 0.5 * t) {
      let width = i32(frame.size.z);
      let small = p * width / size.x;
      return min(radiance[small.y * width + small.x].rgb, vec3<f32>(0.6));
    }
    t = t * 1.28 + 0.08;
  }
  return mix(skyColour(vec3<f32>(direction.xy, max(direction.z, 0.06))), look.fog.rgb, 0.4);
}

fn display(c0: vec3<f32>) -> vec3<f32> {
  let c = c0 * look.lamps.z;
  // Extended Reinhard with white at 5 (Reinhard et al. 2002, eq. 4), then gamma 2.2.
  let mapped = c * (1.0 + c / 25.0) / (1.0 + c);
  let grey = dot(mapped, vec3<f32>(0.2126, 0.7152, 0.0722));
  let graded = max(mix(vec3<f32>(grey), mapped, look.lamps.w), vec3<f32>(0.0));
  return pow(min(graded * 1.32, vec3<f32>(1.0)), vec3<f32>(0.4545));
}

/** Faint rain: short slanted streaks that change from frame to frame. */
fn rainAt(p: vec2<f32>, scale: f32) -> f32 {
  let q = vec2<f32>(p.x + p.y * 0.12, p.y) / scale;
  let cell = vec2<i32>(floor(q / vec2<f32>(3.0, 26.0)));
  let f = fract(q / vec2<f32>(3.0, 26.0));
  let h = hash2(cell + vec2<i32>(i32(look.time.y) * 131, i32(look.time.y) * 57));
  if (h > 0.055) { return 0.0; }
  return (1.0 - abs(f.x - 0.5) * 2.0) * smoothstep(0.0, 0.3, f.y) * (1.0 - smoothstep(0.5, 1.0, f.y));
}

/** Faint snowflakes: soft dots in two sizes. */
fn flakeAt(p: vec2<f32>, scale: f32) -> f32 {
  var sum = 0.0;
  for (var k = 0; k < 2; k++) {
    let pitch = select(9.0, 17.0, k == 1) * scale;
    let q = vec2<f32>(p.x, p.y - look.time.x * 60.0 * pitch * 0.12) / pitch;
    let cell = vec2<i32>(floor(q));
    let h = hash2(cell + vec2<i32>(k * 911, 77));
    if (h > 0.22) { continue; }
    let centre = vec2<f32>(0.5) + 0.28 * vec2<f32>(sin(look.time.x * 3.0 + h * 70.0), fract(h * 311.0) - 0.5);
    sum += 1.0 - smoothstep(0.04, select(0.13, 0.09, k == 1), length(fract(q) - centre));
  }
  return min(sum, 1.0);
}

@compute @workgroup_size(8, 8) fn compose(@builtin(global_invocation_id) id: vec3<u32>) {
  let out = vec2<u32>(frame.size.zw);
  if (any(id.xy >= out)) { return; }
  let seen = radiance[id.y * out.x + id.x];
  var linear = seen.rgb;
  if (look.surface.x > 0.5 && seen.w > 0.01) {
    let factor = u32(frame.size.x) / out.x;
    let p = vec2<i32>(id.xy * factor + factor / 2u);
    let ray = rayOf(p);
    let world = eye() + ray * textureLoad(depthMap, p, 0).x;
    let puddle = smoothstep(0.3, 0.75, noise2(world.xy * 0.35) * 0.7 + noise2(world.xy * 1.3) * 0.3);
    let ripple = (noise2(world.xy * 2.1) - 0.5) * mix(0.1, 0.03, puddle);
    var sum = vec3<f32>(0.0);
    let d = normalize(ray);
    for (var k = 0; k < 2; k++) {
      let tilt = ripple + (f32(k) - 0.5) * mix(0.08, 0.025, puddle);
      sum += mirrored(world, normalize(vec3<f32>(d.xy, -d.z + tilt + 0.03)));
    }
    linear = mix(linear, sum * 0.5, seen.w * mix(0.34, 0.62, puddle));
  }
  if (look.horizon.w > 0.0) { linear += haloAt(vec2<f32>(id.xy) + 0.5) * look.horizon.w * 4.0; }
  var c = display(linear);
  let scale = frame.size.w / 176.0;
  let pixel = vec2<f32>(id.xy) + 0.5;
  if (look.surface.z > 0.0) { c = mix(c, c * 0.6 + 0.36, rainAt(pixel, scale) * look.surface.z * 0.3); }
  if (look.surface.w > 0.0) { c = mix(c, vec3<f32>(0.92), flakeAt(pixel, scale) * look.surface.w * 0.42); }
  let bytes = vec3<u32>(round(clamp(c, vec3<f32>(0.0), vec3<f32>(1.0)) * 255.0));
  pixels[id.y * out.x + id.x] = bytes.x | (bytes.y << 8u) | (bytes.z << 16u) | (255u << 24u);
}
`

/** Depth and class of an output pixel: the class that most of its samples have, and the depth of that class's nearest sample. */
const truthWgsl = /* wgsl */ `
@compute @workgroup_size(8, 8) fn truth(@builtin(global_invocation_id) id: vec3<u32>) {
  let out = vec2<u32>(frame.size.zw);
  if (any(id.xy >= out)) { return; }
  let factor = u32(frame.size.x) / out.x;
  var count: array<u32, 16>;
  var nearest: array<f32, 16>;
  for (var y = 0u; y < factor; y++) {
    for (var x = 0u; x < factor; x++) {
      let p = vec2<i32>(id.xy * factor + vec2<u32>(x, y));
      let z = textureLoad(depthMap, p, 0).x;
      let kind = select(u32(round(textureLoad(surfaceMap, p, 0).z * 255.0)) >> 4u, 0u, z <= 0.0);
      if (count[kind] == 0u || z < nearest[kind]) { nearest[kind] = z; }
      count[kind] += 1u;
    }
  }
  var best = 0u;
  for (var k = 1u; k < 16u; k++) {
    // Ties go to the nearer surface, so that thin things in front win over what is behind them.
    let more = count[k] > count[best];
    let tie = count[k] > 0u && count[k] == count[best] && (best == 0u || nearest[k] < nearest[best]);
    if (more || tie) { best = k; }
  }
  depths[id.y * out.x + id.x] = nearest[best];
  classes[id.y * out.x + id.x] = best;
}
`

export const lookShader = `${frameWgsl}${lookWgsl}${noiseWgsl}${commonWgsl}${lightWgsl}${composeWgsl}${truthWgsl}`

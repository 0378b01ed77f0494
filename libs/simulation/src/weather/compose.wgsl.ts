/** Halos, reflections on wet ground, falling rain and snow, tone mapping. */
export const composeWgsl = /* wgsl */ `
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
      // By brightness, not by channel: what is beyond white keeps its hue.
      let c = radiance[p.y * size.x + p.x].rgb;
      let brightness = max(dot(c, vec3<f32>(0.3, 0.5, 0.2)), 0.45 * c.r);
      sum += c * (max(brightness - 0.9, 0.0) / max(brightness, 1e-3));
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
      return min(radiance[small.y * width + small.x].rgb, vec3<f32>(1.2));
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

/**
 * A sheet of falling drops or flakes across the view, metres ahead, that comes nearer as the vehicle drives: what lies on it is fixed in space but for
 * its fall, so that it moves as it should from frame to frame, near ones faster than far ones. Coordinates on it in metres (x right, y down), depth, turn of the sheet.
 */
fn sheet(p: vec2<f32>, k: i32, count: i32, nearest: f32, farthest: f32, fall: f32) -> vec4<f32> {
  let span = farthest - nearest;
  let travel = frame.counts.z + span * f32(k) / f32(count);
  let turn = floor(travel / span);
  let depth = farthest - (travel - turn * span);
  let scale = frame.size.x / frame.size.z;
  let at = (p * scale - frame.lens.zw) / frame.lens.xy * depth;
  return vec4<f32>(at.x, at.y - fall * look.time.x, depth, turn * f32(count) + f32(k));
}

/** Sheets come up far ahead and go before they are too near. */
fn sheetFade(depth: f32, nearest: f32, farthest: f32) -> f32 {
  return smoothstep(nearest, nearest + 0.6, depth) * (1.0 - smoothstep(farthest * 0.7, farthest, depth));
}

/** Rain: drops at 8 m/s (Gunn and Kinzer 1949, 3 mm), drawn out over an exposure of 1/60 s, hidden by what is nearer. */
fn rainAt(p: vec2<f32>, z: f32) -> f32 {
  var sum = 0.0;
  let pixel = frame.size.x / frame.size.z / frame.lens.x;
  for (var k = 0; k < 3; k++) {
    let s = sheet(p, k, 3, 1.2, 9.0, 8.0);
    if (z > 0.0 && z < s.z) { continue; }
    let q = vec2<f32>(s.x + s.y * 0.08, s.y) / vec2<f32>(0.09, 0.5);
    let cell = vec2<i32>(floor(q));
    let h = hash2(cell + vec2<i32>(i32(s.w) * 131, i32(s.w) * 57));
    if (h > 0.3) { continue; }
    let f = q - floor(q);
    // A drop is thinner than a pixel: it covers a share of one.
    let wide = 0.7 * pixel * s.z / 0.09;
    let off = abs(f.x - 0.2 - 2.0 * h) / max(wide, 0.02);
    sum += max(1.0 - off, 0.0) * smoothstep(0.1, 0.3, f.y) * (1.0 - smoothstep(0.45, 0.6, f.y)) * sheetFade(s.z, 1.2, 9.0) * min(1.0, 3.0 / s.z);
  }
  return min(sum, 1.0);
}

/** Snowflakes at 1.1 m/s that sway, larger the nearer, hidden by what is nearer. */
fn flakeAt(p: vec2<f32>, z: f32) -> f32 {
  var sum = 0.0;
  let pixel = frame.size.x / frame.size.z / frame.lens.x;
  for (var k = 0; k < 4; k++) {
    let s = sheet(p, k, 4, 1.5, 14.0, 1.1);
    if (z > 0.0 && z < s.z) { continue; }
    let q = s.xy / 0.42;
    let cell = vec2<i32>(floor(q));
    let h = hash2(cell + vec2<i32>(i32(s.w) * 911, 77));
    if (h > 0.5) { continue; }
    let centre = vec2<f32>(0.5) + 0.28 * vec2<f32>(sin(look.time.x * 2.4 + h * 70.0), fract(h * 311.0) - 0.5);
    let radius = max(0.014, 0.75 * pixel * s.z) / 0.42;
    let share = min(1.0, 0.02 / (pixel * s.z));
    sum += (1.0 - smoothstep(0.6, 1.3, length(q - floor(q) - centre) / radius)) * sheetFade(s.z, 1.5, 14.0) * max(share, 0.5);
  }
  return min(sum, 1.0);
}

/** Where light comes from through a drop on the lens: upside down and smaller; w: rim of the drop. Drops stay where they are. */
fn lensDrop(p: vec2<f32>) -> vec3<f32> {
  let pitch = frame.size.w / 7.0;
  let cell = floor(p / pitch);
  let h = hash2(vec2<i32>(cell) + vec2<i32>(i32(look.time.w), 4211));
  if (h > look.more.y * 0.6) { return vec3<f32>(p, 0.0); }
  let centre = (cell + 0.3 + 0.4 * vec2<f32>(fract(h * 97.0), fract(h * 331.0))) * pitch;
  let radius = pitch * mix(0.1, 0.28, fract(h * 1013.0));
  let off = (p - centre) / radius;
  let r = length(off * vec2<f32>(1.0, 0.85));
  if (r >= 1.0) { return vec3<f32>(p, 0.0); }
  return vec3<f32>(centre - off * radius * 2.5 * (1.2 - 0.4 * r), smoothstep(0.75, 1.0, r));
}

/** Linear radiance of an output pixel with what wet ground mirrors. */
fn withReflections(at: vec2<u32>, out: vec2<u32>) -> vec3<f32> {
  let seen = radiance[at.y * out.x + at.x];
  if (look.surface.x < 0.05 || seen.w < 0.01) { return seen.rgb; }
  let factor = u32(frame.size.x) / out.x;
  let p = vec2<i32>(at * factor + factor / 2u);
  let ray = rayOf(p);
  let world = eye() + ray * textureLoad(depthMap, p, 0).x;
  let puddle = smoothstep(0.42, 0.75, noise2(world.xy * 0.35) * 0.7 + noise2(world.xy * 1.3) * 0.3) * smoothstep(0.5, 1.0, look.surface.x);
  let n = unfold(textureLoad(surfaceMap, p, 0).xy);
  let ripple = (noise2(world.xy * 2.1) - 0.5) * mix(0.06, 0.02, puddle);
  let d = reflect(normalize(ray), n);
  // Rough wet asphalt draws what it mirrors out in elevation, upwards; puddles hardly do.
  let rough = mix(0.09, 0.008, puddle);
  var sum = vec3<f32>(0.0);
  for (var k = 0; k < 4; k++) { sum += mirrored(world, normalize(d + vec3<f32>(0.0, 0.0, ripple + rough * (f32(k) - 0.5)))); }
  // A film of water on asphalt mirrors less than a puddle.
  let share = seen.w * mix(0.75, 1.0, puddle) + 0.12 * puddle * look.surface.x * step(0.02, seen.w);
  return mix(seen.rgb, sum * 0.25, min(share, 0.9));
}

@compute @workgroup_size(8, 8) fn compose(@builtin(global_invocation_id) id: vec3<u32>) {
  let out = vec2<u32>(frame.size.zw);
  if (any(id.xy >= out)) { return; }
  var at = id.xy;
  var rim = 0.0;
  if (look.more.y > 0.0) {
    let drop = lensDrop(vec2<f32>(id.xy) + 0.5);
    at = vec2<u32>(clamp(drop.xy, vec2<f32>(0.0), vec2<f32>(out) - 1.0));
    rim = drop.z;
  }
  var linear = withReflections(at, out);
  if (look.horizon.w > 0.0) { linear += haloAt(vec2<f32>(at) + 0.5) * look.horizon.w * 4.0; }
  var c = display(linear) * (1.0 - 0.35 * rim);
  let factor = u32(frame.size.x) / out.x;
  let z = textureLoad(depthMap, vec2<i32>(at * factor), 0).x;
  let pixel = vec2<f32>(at) + 0.5;
  if (look.surface.z > 0.0) { c = mix(c, c * 0.7 + 0.28, rainAt(pixel, z) * look.surface.z * 0.4); }
  if (look.surface.w > 0.0) { c = mix(c, vec3<f32>(0.92), flakeAt(pixel, z) * look.surface.w * 0.5); }
  let bytes = vec3<u32>(round(clamp(c, vec3<f32>(0.0), vec3<f32>(1.0)) * 255.0));
  pixels[id.y * out.x + id.x] = bytes.x | (bytes.y << 8u) | (bytes.z << 16u) | (255u << 24u);
}
`

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

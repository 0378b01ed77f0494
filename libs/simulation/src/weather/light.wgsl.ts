/** Light of every surface: sun, sky, lamps, emission, rain, snow and fog. */
export const lightWgsl = /* wgsl */ `
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

/**
 * Low beam: bright just under the cut-off, fading to the sides and downwards so that the road is lit evenly from near to far (candela by angle,
 * in the manner of UN R149's low beam; the cut-off rises to the right).
 */
fn lowBeam(l: Light, direction: vec3<f32>, d2: f32) -> f32 {
  let side = normalize(vec2<f32>(l.aim.y, -l.aim.x));
  let along = dot(direction, l.aim.xyz);
  if (along < 0.2) { return 0.0; }
  let right = dot(direction.xy, side) / along;
  let up = (direction.z - l.aim.z * along) / along;
  let cut = -0.008 + 0.12 * clamp(right, 0.0, 0.14);
  let below = cut - up;
  let spread = exp(-right * right / 0.16) + 0.25 * exp(-right * right / 0.7);
  let drop = max(below, 0.0);
  let beam = smoothstep(-0.012, 0.012, below) / (drop * drop * 22.0 + 0.06 * drop + 0.03) * (1.0 - smoothstep(0.25, 0.6, drop));
  return spread * (beam * 24.0 + 10.0) / (8.0 + d2);
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
    let fade = 1.0 - smoothstep(0.5, 1.0, d2 / l.aim.w);
    let facing = clamp(dot(n, direction) * 0.85 + 0.15, 0.0, 1.0);
    if (l.place.w > 2.5) {
      // The camera closes for what the own beam hits near by.
      let e = lowBeam(l, -direction, d2) * fade * facing;
      sum += l.colour.rgb * (e / (1.0 + 0.8 * e));
      continue;
    }
    let cone = smoothstep(l.colour.w, mix(l.colour.w, 1.0, 0.85), dot(-direction, l.aim.xyz));
    // A lamp's head is wide and shines to the sides: softer than a point.
    sum += l.colour.rgb * (cone * fade * facing / (select(40.0, 1.0, l.place.w > 1.5) + d2));
  }
  return sum;
}

/**
 * Streaks that lamps, headlights and tail lights draw on a wet road: mirrored rays may miss a light by much in elevation, by little in azimuth, since the
 * road is rough. Analytic, because marching through the screen's depths jumps over things as small as lamps and ends at the picture's rim.
 */
fn streaks(world: vec3<f32>, view: vec3<f32>) -> vec3<f32> {
  var sum = vec3<f32>(0.0);
  let flat = max(length(view.xy), 1e-3);
  let ahead = view.xy / flat;
  let rise = -view.z / flat;
  for (var i = 1; i < i32(frame.counts.x); i++) {
    let l = frame.lights[i];
    let to = l.place.xyz - world;
    let reach = length(to.xy);
    let along = dot(to.xy, ahead);
    if (along < 0.5 || reach > 90.0) { continue; }
    let aside = abs(to.x * ahead.y - to.y * ahead.x) / reach;
    let miss = to.z / reach - rise;
    if (aside > 0.08 || abs(miss) > 0.45) { continue; }
    // A vehicle's light shows only to those whom it faces.
    let seen = select(1.0, smoothstep(0.0, 0.6, -dot(l.aim.xy, ahead)), l.place.w > 0.5) * select(1.0, 5.0, l.place.w > 1.5);
    sum += l.colour.rgb * (0.009 * seen * exp(-aside * aside / 0.0009 - miss * miss / select(0.008, 0.03, miss < 0.0)));
  }
  return sum;
}

/** Optical depth of the spray behind moving vehicles along a ray, as of Gaussian clouds; in front of distance only. */
fn sprayAlong(view: vec3<f32>, distance: f32) -> f32 {
  var sum = 0.0;
  for (var i = 0; i < i32(frame.counts.y); i++) {
    let box = frame.boxes[i];
    let fast = smoothstep(2.5, 13.0, box.motion.y);
    if (fast <= 0.0) { continue; }
    let trail = 1.0 + 0.12 * box.motion.y;
    let centre = vec3<f32>(box.place.xy - box.place.zw * (box.half.x + 0.45 * trail), box.motion.x + 0.35) - eye();
    let along = dot(centre, view);
    if (along < 0.5) { continue; }
    let miss = centre - view * along;
    // Flat clouds: low, as wide as the vehicle.
    let up = miss.z / 0.5;
    let aside = length(miss.xy) / (box.half.y + 0.35);
    sum += fast * trail * exp(-0.5 * (up * up + aside * aside)) * smoothstep(-0.6, 0.9, distance - along);
  }
  return sum * look.more.x;
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
    // What lies on flat ground and roofs goes with the cover: thin snow leaves bare patches.
    let bare = (1.0 - cover) * 1.1;
    var white = smoothstep(0.45, 0.8, n.z) * smoothstep(0.0, 0.35, patches + 0.25 - bare);
    if (kind >= 1u && kind <= 3u) { white = mix(0.9, 0.26, value) * smoothstep(0.02, 0.5, patches + 0.16 - bare); }
    if (material == 9u) { white = smoothstep(-0.1, 0.8, n.z) * 0.92 * smoothstep(0.25, 0.55, patches + 0.25 - bare); }
    if (kind == 10u) { white = smoothstep(0.6, 0.95, n.z) * 0.88 * min(1.0, cover * 1.5); }
    if (kind == 9u) { white = smoothstep(0.6, 0.95, n.z) * 0.4; }
    if (kind == 11u || material == 6u || material == 7u || material == 8u) { white = 0.0; }
    white = clamp(white, 0.0, 1.0) * min(1.0, cover * 3.0);
    // Trodden and driven snow is greyer than what lies in gardens and on roofs.
    let fresh = select(vec3<f32>(0.78, 0.81, 0.85), vec3<f32>(0.62, 0.64, 0.68), kind >= 1u && kind <= 3u);
    albedo = mix(albedo, fresh, white);
    wet *= 1.0 - white;
  }
  if (wet > 0.0 && ground) { albedo *= mix(1.0, 0.36, wet); }
  else { albedo *= 1.0 - 0.2 * look.surface.x; }

  let open = base.a;
  let shadow = 1.0 - look.sunDirection.w * (1.0 - shadowAt(world, n));
  let direct = look.sun.rgb * max(dot(n, look.sunDirection.xyz), 0.0) * shadow * mix(1.0, open, 0.6);
  let dome = mix(vec3<f32>(0.42, 0.41, 0.4), vec3<f32>(1.0), n.z * 0.5 + 0.5);
  var lit = direct + look.ambient.rgb * dome * open;
  if (look.lamps.x > 0.0) { lit += look.lamps.x * localLights(world, n) * mix(1.0, open, 0.7) * select(1.0, 0.5, material == 9u); }
  var c = albedo * lit;

  // Smooth surfaces mirror the sky.
  let fresnel = pow(1.0 - max(dot(n, -view), 0.0), 5.0);
  let glows = value > 0.4;
  if (material == 3u || material == 13u || material == 5u) {
    let mirrored = reflect(view, n);
    let seen = plainSky(vec3<f32>(mirrored.xy, abs(mirrored.z) + 0.08));
    // Curtains and lit rooms stand behind their panes: they must show through by day.
    let k = select(select(0.22, 0.06, glows), 0.34, material == 5u) + select(0.6, 0.3, glows && material != 5u) * fresnel;
    c = mix(c, seen * open, clamp(k, 0.0, 0.9));
  }
  if (material == 4u) {
    let mirrored = reflect(view, n);
    c += plainSky(vec3<f32>(mirrored.xy, abs(mirrored.z) + 0.02)) * (0.05 + 0.4 * fresnel + 0.1 * look.surface.x) * smoothstep(-0.3, 0.3, mirrored.z);
  }
  // What shines by itself, in the colour that it shows by day.
  if ((material == 3u || material == 13u) && glows) { c += base.rgb * base.rgb * look.ambient.w * mix(0.7, 1.5, value * 2.0 - 1.0); }
  if (material == 8u) { c += select(vec3<f32>(1.0, 0.82, 0.56) * (9.0 * look.lamps.x + 0.25), base.rgb * base.rgb * (2.2 + 1.6 * look.lamps.x), value > 0.5); }
  let towards = clamp(dot(n, -view) * 1.5, 0.0, 1.0);
  if (material == 6u && glows) { c += vec3<f32>(1.0, 0.95, 0.84) * look.lamps.y * 9.0 * towards; }
  if (material == 7u && glows) { c += vec3<f32>(1.0, 0.07, 0.04) * (0.25 + look.lamps.y * 2.2) * select(1.0, 2.0, value > 0.8) * towards; }
  if (material == 11u) { c += albedo * look.lamps.x * 0.5; }

  let haze = 1.0 - exp(-distance * look.fog.w);
  c = mix(c, look.fog.rgb, haze);
  if (ground && wet > 0.3 && look.lamps.x > 0.0) { c += streaks(world, view) * (wet * look.lamps.x * (0.6 + 0.8 * noise2(world.xy * 2.1)) * (1.0 - haze)); }
  if (look.more.x > 0.0) {
    let mist = 1.0 - exp(-sprayAlong(view, distance));
    c = mix(c, look.fog.rgb + 0.25 * look.lamps.x * look.fog.rgb, mist);
  }
  // w: how strongly the surface mirrors, for wet ground (water: Schlick 1994 from 0.02); 0 elsewhere.
  let mirror = select(0.0, wet * (1.0 - haze) * (0.02 + 0.98 * fresnel), ground && n.z > 0.5);
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

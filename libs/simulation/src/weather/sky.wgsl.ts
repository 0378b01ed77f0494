/** Values of one look. Layout: see render/look-uniforms.ts. */
export const lookWgsl = /* wgsl */ `
struct Look {
  shadowMatrix: mat4x4<f32>,
  sunDirection: vec4<f32>,   // w: share of the sun that shadows take away
  sun: vec4<f32>,            // w: glow of the sun in the sky
  zenith: vec4<f32>,         // w: contrast of clouds
  horizon: vec4<f32>,        // w: strength of halos
  ambient: vec4<f32>,        // w: power of what is lit inside
  fog: vec4<f32>,            // w: density per metre
  surface: vec4<f32>,        // wetness, snow, streaks, flakes
  lamps: vec4<f32>,          // street lamps, vehicle lights, exposure, saturation
  time: vec4<f32>,           // seconds, frame number, shadow map used, seed
  more: vec4<f32>,           // spray per metre, drops on the lens
};
`

/** Bindings that the passes share, rays through pixels, and the sky. */
export const skyWgsl = /* wgsl */ `
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

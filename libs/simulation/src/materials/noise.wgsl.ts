/** Integer-hashed value noise: the same on every adapter, since it never depends on a float's sine. */
export const noiseWgsl = /* wgsl */ `
fn hashU(x0: u32) -> u32 {
  var x = x0;
  x = (x ^ (x >> 16u)) * 0x7feb352du;
  x = (x ^ (x >> 15u)) * 0x846ca68bu;
  return x ^ (x >> 16u);
}
fn hash2(p: vec2<i32>) -> f32 {
  return f32(hashU(u32(p.x) * 0x9e3779b9u + hashU(u32(p.y))) >> 8u) / 16777216.0;
}
fn noise2(p: vec2<f32>) -> f32 {
  let i = floor(p);
  let f = p - i;
  let u = f * f * (3.0 - 2.0 * f);
  let c = vec2<i32>(i);
  let a = mix(hash2(c), hash2(c + vec2<i32>(1, 0)), u.x);
  let b = mix(hash2(c + vec2<i32>(0, 1)), hash2(c + vec2<i32>(1, 1)), u.x);
  return mix(a, b, u.y);
}
`

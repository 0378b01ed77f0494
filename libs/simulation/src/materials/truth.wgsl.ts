/** Depth and class of an output pixel: the class that most of its samples have, and the depth of that class's nearest sample. */
export const truthWgsl = /* wgsl */ `
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

import { gbufferWgsl } from './gbuffer.wgsl.ts'

/** The geometry once more, each pixel with the number of its actor. */
export const instanceWgsl = /* wgsl */ `
${gbufferWgsl}
struct IdOut {
  @builtin(position) clip: vec4<f32>,
  @location(0) @interpolate(flat) id: u32,
};
@vertex fn idVertex(v: In, @builtin(instance_index) i: u32) -> IdOut {
  let at = instances[i];
  return IdOut(frame.worldToClip * vec4<f32>(placed(v, at)[0], 1.0), u32(round(at.more.w)));
}
@fragment fn idFragment(v: IdOut) -> @location(0) u32 { return v.id; }
`

/** Number of an output pixel: that of the nearest of its samples that have the pixel's class and are of an actor; 0 where there is none. */
export const resolveInstanceWgsl = /* wgsl */ `
@group(0) @binding(0) var surfaceMap: texture_2d<f32>;
@group(0) @binding(1) var depthMap: texture_2d<f32>;
@group(0) @binding(2) var idMap: texture_2d<u32>;
@group(0) @binding(3) var<storage, read> classes: array<u32>;
@group(0) @binding(4) var<storage, read_write> ids: array<u32>;
@group(0) @binding(5) var<uniform> size: vec4<u32>;

@compute @workgroup_size(8, 8) fn resolve(@builtin(global_invocation_id) at: vec3<u32>) {
  if (any(at.xy >= size.xy)) { return; }
  let pixel = at.y * size.x + at.x;
  var nearest = 1e9;
  var id = 0u;
  for (var y = 0u; y < size.z; y++) {
    for (var x = 0u; x < size.z; x++) {
      let p = vec2<i32>(at.xy * size.z + vec2<u32>(x, y));
      let z = textureLoad(depthMap, p, 0).x;
      let kind = u32(round(textureLoad(surfaceMap, p, 0).z * 255.0)) >> 4u;
      let mine = textureLoad(idMap, p, 0).x;
      if (mine > 0u && kind == classes[pixel] && z > 0.0 && z < nearest) {
        nearest = z;
        id = mine;
      }
    }
  }
  ids[pixel] = id;
}
`

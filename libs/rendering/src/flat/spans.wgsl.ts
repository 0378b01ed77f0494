import { blockWidth } from './span-list.ts'

/**
 * Paints sorted runs of pixels (see span-list.ts) into packed RGB rows of whole words. Within a layer later runs overwrite earlier ones;
 * layers merge by the per-channel maximum. One work group a block of one row, four pixels (three words) an invocation; integers only, so
 * that every adapter gives the same bytes.
 */
export const spansWgsl = /* wgsl */ `
@group(0) @binding(0) var<storage, read> spans: array<vec2u>;
// row, first column, first span, number of spans
@group(0) @binding(1) var<storage, read> blocks: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> picture: array<u32>;
// words per row, number of blocks, blocks per row of the dispatch
@group(0) @binding(3) var<uniform> frame: vec4u;

fn brighter(a: vec4u, b: vec4u) -> vec4u {
  return max(a & vec4u(0xffu), b & vec4u(0xffu)) | max(a & vec4u(0xff00u), b & vec4u(0xff00u)) |
    max(a & vec4u(0xff0000u), b & vec4u(0xff0000u));
}

@compute @workgroup_size(${blockWidth / 4}) fn paint(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = group.x + group.y * frame.z;
  if (index >= frame.y) {
    return;
  }
  let block = blocks[index];
  let x = vec4u(block.y + lane * 4u) + vec4u(0u, 1u, 2u, 3u);
  var merged = vec4u(0u);
  var layer_colour = vec4u(0u);
  var layer = 0u;
  for (var i = block.z; i < block.z + block.w; i++) {
    let span = spans[i];
    if (span.y >> 24u != layer) {
      merged = brighter(merged, layer_colour);
      layer_colour = vec4u(0u);
      layer = span.y >> 24u;
    }
    let inside = x - vec4u(span.x & 0xffffu) <= vec4u(span.x >> 16u);
    layer_colour = select(layer_colour, vec4u(span.y & 0xffffffu), inside);
  }
  let c = brighter(merged, layer_colour);
  let word = (block.y / 4u + lane) * 3u;
  if (word < frame.x) {
    let at = block.x * frame.x + word;
    picture[at] = c.x | (c.y << 24u);
    picture[at + 1u] = (c.y >> 8u) | (c.z << 16u);
    picture[at + 2u] = (c.z >> 16u) | (c.w << 8u);
  }
}
`

import { flatStyle } from '../flat/flat-style.ts'

/**
 * The HD-map condition of Cosmos-Transfer1-7B-Sample-AV. Colours, widths, sampling and shading: Cosmos-Drive-Dreams,
 * hdmap_color_config.json, hdmap_type_config.json, render_from_rds_hq.py, minimap_utils.py, bbox_utils.py.
 */
export const hdmapV1 = flatStyle({
  name: 'hdmap-v1',
  title: 'HD map and boxes of Cosmos-Transfer1: lines, hulls and wireframes, darker with depth',
  defaultChain: 'resize',
  // 0.961 of the colour at the camera, black from 122.5 m on.
  shading: { far: 122.5, range: 127.5 },
  nearClip: { lines: 0.2, hulls: 0.05 },
  layers: [
    { draw: 'lines', of: 'lane-line', rgb: [98, 183, 249], thickness: 8, spacing: 0.8 },
    { draw: 'lines', of: 'road-boundary', rgb: [200, 36, 35], thickness: 8, spacing: 0.8 },
    { draw: 'lines', of: 'wait-line', rgb: [185, 63, 34], thickness: 8 },
    { draw: 'lines', of: 'pole', rgb: [66, 40, 144], thickness: 8 },
    { draw: 'hulls', of: 'crosswalk', rgb: [206, 131, 63] },
    { draw: 'hulls', of: 'road-marking', rgb: [126, 204, 205] },
    { draw: 'hulls', of: 'traffic-sign', rgb: [131, 175, 155] },
    { draw: 'hulls', of: 'traffic-light', rgb: [252, 157, 155] },
    { draw: 'boxes', of: ['car', 'van'], rgb: [255, 0, 0], thickness: 5 },
    { draw: 'boxes', of: ['truck', 'bus', 'trailer', 'train'], rgb: [0, 0, 255], thickness: 5 },
    { draw: 'boxes', of: ['pedestrian'], rgb: [0, 255, 0], thickness: 5 },
    // Two-wheelers count as cyclists with or without their rider: sources differ in what they box.
    { draw: 'boxes', of: ['rider', 'bicycle', 'motorcycle'], rgb: [255, 255, 0], thickness: 5 },
    { draw: 'boxes', of: ['stroller', 'animal', 'cone', 'bollard', 'sign', 'other'], rgb: [255, 255, 255], thickness: 5 },
  ],
})

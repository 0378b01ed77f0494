/**
 * The camera models in WGSL: world point -> camera point -> pixel. The same formulas as `project` in @virga/scenario, in float32, with one
 * difference: where a distortion stops growing with the ray's angle, the image goes on linearly instead of folding back, so that a
 * line to a point beside the camera leaves the picture in the right direction.
 *
 * Bind the uniform with `packCamera`. Angles use atan2(rho, z), which keeps its precision near the optical axis where acos loses it.
 */
export const cameraWgsl = /* wgsl */ `
const PINHOLE = 0u;
const RATIONAL = 1u;
const KANNALA_BRANDT = 2u;
const FTHETA = 3u;

struct Camera {
  // Rows of world_to_camera, 3x4.
  row0: vec4f,
  row1: vec4f,
  row2: vec4f,
  // fx, fy, cx, cy
  intrinsics: vec4f,
  // width, height in pixels; the limit of the model (squared normalised radius, or angle); unused
  size_limit: vec4f,
  // rational k1..k4, Kannala-Brandt k1..k4, f-theta p1..p4
  coefficients_a: vec4f,
  // rational k5, k6, p1, p2; f-theta p5, F(limit), F'(limit), unused; Kannala-Brandt theta_d(limit)
  coefficients_b: vec4f,
  // f-theta c, d, e
  linear: vec4f,
  kind: vec4u,
};

fn to_camera(camera: Camera, p: vec3f) -> vec3f {
  let q = vec4f(p, 1.0);
  return vec3f(dot(camera.row0, q), dot(camera.row1, q), dot(camera.row2, q));
}

fn project_rational(camera: Camera, p: vec3f) -> vec2f {
  let a = camera.coefficients_a;
  let b = camera.coefficients_b;
  let x = p.xy / p.z;
  let r2 = min(dot(x, x), camera.size_limit.z);
  let factor = (1.0 + r2 * (a.x + r2 * (a.y + r2 * a.z))) / (1.0 + r2 * (a.w + r2 * (b.x + r2 * b.y)));
  // Tangential terms grow with the square of the radius: beyond the limit they keep the direction and grow linearly.
  let scale = sqrt(r2 / max(dot(x, x), 1e-20));
  let y = x * scale;
  let tangential = vec2f(2.0 * b.z * y.x * y.y + b.w * (r2 + 2.0 * y.x * y.x), b.z * (r2 + 2.0 * y.y * y.y) + 2.0 * b.w * y.x * y.y);
  return x * factor + tangential / max(scale, 1e-10);
}

fn project_kannala_brandt(camera: Camera, p: vec3f) -> vec2f {
  let k = camera.coefficients_a;
  let rho = length(p.xy);
  let theta = atan2(rho, p.z);
  let limit = camera.size_limit.z;
  let t = min(theta, limit);
  let t2 = t * t;
  let r = t * (1.0 + t2 * (k.x + t2 * (k.y + t2 * (k.z + t2 * k.w)))) + max(theta - limit, 0.0);
  return p.xy * select(r / rho, 1.0 / p.z, rho < 1e-6 * p.z);
}

fn project_ftheta(camera: Camera, p: vec3f) -> vec2f {
  let a = camera.coefficients_a;
  let b = camera.coefficients_b;
  let rho = length(p.xy);
  let theta = atan2(rho, p.z);
  let limit = camera.size_limit.z;
  var r = theta * (a.x + theta * (a.y + theta * (a.z + theta * (a.w + theta * b.x))));
  if (theta > limit) {
    r = b.y + (theta - limit) * b.z;
  }
  let q = p.xy * select(r / rho, a.x / p.z, rho < 1e-6 * p.z);
  return vec2f(camera.linear.x * q.x + camera.linear.y * q.y, camera.linear.z * q.x + q.y);
}

// Pixels, top-left origin. Points of a planar model (pinhole, rational) must have z > 0.
fn project_pixel(camera: Camera, p: vec3f) -> vec2f {
  let f = camera.intrinsics.xy;
  let c = camera.intrinsics.zw;
  switch (camera.kind.x) {
    case RATIONAL: { return f * project_rational(camera, p) + c; }
    case KANNALA_BRANDT: { return f * project_kannala_brandt(camera, p) + c; }
    case FTHETA: { return project_ftheta(camera, p) + c; }
    default: { return f * p.xy / p.z + c; }
  }
}
`

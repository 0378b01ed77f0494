import type { TriangleList } from './triangle-list.ts'

/** Steps of a round end, as upstream's fans have them. */
const mostCapSteps = 8
/** A round end may have fewer steps as long as it stays this close (pixels) to the circle. */
const capTolerance = 0.12
/** Cosine of the turn from which on a line is cut and gets a round joint; below, its sides are mitred. */
const sharpTurn = Math.cos(Math.PI / 9)
/**
 * Upstream draws a line as thousands of short segments with round ends, and the nearest is seen: not the line's own depth at a place but that
 * of the nearest disc that reaches it, which lies up to the half width nearer along the line. This is the mean of that distance over the
 * line's width, in half widths: it decides how far a line runs over the foot of a box that stands on it.
 */
const discLead = Math.PI / 4

/**
 * Makes the triangles of one stroke from its points in the picture. Half widths, normals and round ends are measured in clip space without
 * correction for the picture's aspect, as upstream does: a 12 pixel line is 12 pixels wide upright and 6.75 lying, its ends are ellipses.
 *
 * Clip space with w = 1: depth and colour are linear in the picture.
 */
export class StrokeMesh {
  readonly #list: TriangleList
  readonly #width: number
  readonly #height: number
  readonly #far: number
  /** Points: clip x, clip y (both from the top left corner, y down), depth. */
  #x = new Float64Array(64)
  #y = new Float64Array(64)
  #d = new Float64Array(64)
  /** Way along the stretch at hand, in clip space. */
  #s = new Float64Array(64)
  #n = 0
  #colour = 0
  #halfWidth = 0

  constructor(list: TriangleList, picture: { width: number; height: number }, far: number) {
    this.#list = list
    this.#width = picture.width
    this.#height = picture.height
    this.#far = far
  }

  /** @param width pixels at depth 0 */
  begin(colour: number, width: number): void {
    this.#colour = colour
    this.#halfWidth = width / this.#width
    this.#n = 0
  }

  get isEmpty(): boolean {
    return this.#n === 0
  }

  /** Adds a point: pixels and metres. */
  add(u: number, v: number, depth: number): void {
    const x = (2 * u) / this.#width
    const y = (2 * v) / this.#height
    if (!Number.isFinite(x + y + depth)) return
    const n = this.#n
    if (n > 0 && Math.abs(x - this.#x[n - 1]) < 1e-9 && Math.abs(y - this.#y[n - 1]) < 1e-9) return
    if (n === this.#x.length) this.#grow()
    this.#x[n] = x
    this.#y[n] = y
    this.#d[n] = depth
    this.#n += 1
  }

  /** Whether round ends at the last point and at this one leave no gap between them that would be seen. */
  reaches(u: number, v: number): boolean {
    if (this.#n === 0) return false
    const radius = this.#radius(this.#d[this.#n - 1])
    if (radius === 0) return true
    const dx = (2 * u) / this.#width - this.#x[this.#n - 1]
    const dy = (2 * v) / this.#height - this.#y[this.#n - 1]
    const half = Math.hypot(dx, dy) / 2 / radius
    if (half >= 1) return false
    // How deep the notch between the two discs is, in pixels.
    return radius * (this.#width / 2) * (1 - Math.sqrt(1 - half * half)) < capTolerance
  }

  /** Makes the triangles of the points since `begin`, and forgets them. */
  end(capStart: boolean, capEnd: boolean): void {
    const n = this.#n
    this.#n = 0
    if (n === 0) return
    if (n === 1) {
      if (capStart && capEnd) this.#disc(this.#x[0], this.#y[0], this.#d[0], this.#radius(this.#d[0]))
      return
    }
    let from = 0
    let rising = 0
    for (let i = 1; i < n; i += 1) {
      const step = this.#d[i] - this.#d[i - 1]
      if (Math.abs(step) < 0.02) continue
      if (rising !== 0 && step > 0 !== rising > 0) {
        this.#monotone(from, i - 1, rising, capStart && from === 0, false)
        from = i - 1
      }
      rising = step
    }
    this.#monotone(from, n - 1, rising, capStart && from === 0, capEnd)
  }

  /** A stretch whose depth goes one way, drawn from its near end. */
  #monotone(first: number, last: number, rising: number, capFirst: boolean, capLast: boolean): void {
    const step = rising < 0 ? -1 : 1
    const [start, stop] = step > 0 ? [first, last] : [last, first]
    const [capStart, capEnd] = step > 0 ? [capFirst, capLast] : [capLast, capFirst]
    let from = start
    let cap = capStart
    for (let i = start + step; i !== stop; i += step) {
      const turn = this.#turn(i - step, i, i + step)
      if (turn >= sharpTurn) continue
      this.#smooth(from, i, step, cap, true)
      from = i
      cap = turn < 0
    }
    this.#smooth(from, stop, step, cap, capEnd)
  }

  /** A stretch without sharp turns, from near to far. */
  #smooth(start: number, stop: number, step: number, capStart: boolean, capEnd: boolean): void {
    const list = this.#list
    const s = this.#s
    s[start] = 0
    for (let i = start; i !== stop; i += step) {
      s[i + step] = s[i] + Math.hypot(this.#x[i + step] - this.#x[i], this.#y[i + step] - this.#y[i])
    }
    let tx = 0
    let ty = 0
    let left = -1
    let right = -1
    // The point before the place whose depth is seen here.
    let nearer = start
    for (let i = start; ; i += step) {
      const atEnd = i === stop
      const span = atEnd ? 1 : s[i + step] - s[i]
      const nextX = atEnd ? tx : (this.#x[i + step] - this.#x[i]) / span
      const nextY = atEnd ? ty : (this.#y[i + step] - this.#y[i]) / span
      if (i === start) {
        tx = nextX
        ty = nextY
      }
      const radius = this.#radius(this.#d[i])
      const place = s[i] - discLead * radius
      while (nearer !== i && s[nearer + step] <= place) nearer += step
      let depth = this.#d[start]
      if (place > 0) {
        const t = (place - s[nearer]) / (s[nearer + step] - s[nearer])
        depth = this.#d[nearer] + (this.#d[nearer + step] - this.#d[nearer]) * t
      }
      // Discs behind the camera plane are not drawn.
      if (depth < 0) depth = this.#d[i]
      // The sides of a mitred joint: half way between the normals, longer by 1 / cos of half the turn.
      const stretch = radius / (1 + tx * nextX + ty * nextY)
      const mx = (tx + nextX) * stretch
      const my = (ty + nextY) * stretch
      tx = nextX
      ty = nextY
      const x = this.#x[i]
      const y = this.#y[i]
      const nextLeft = this.#vertex(x + my, y - mx, depth)
      const nextRight = this.#vertex(x - my, y + mx, depth)
      if (i === start) {
        if (capStart) this.#cap(x, y, depth, radius, -tx, -ty, nextRight, nextLeft)
      } else {
        list.triangle(left, right, nextLeft)
        list.triangle(nextLeft, right, nextRight)
      }
      left = nextLeft
      right = nextRight
      if (atEnd) {
        if (capEnd) this.#cap(x, y, this.#d[stop], radius, tx, ty, left, right)
        return
      }
    }
  }

  /** Half an ellipse towards (tx, ty), between two vertices that are there already, the first on its left. */
  #cap(x: number, y: number, depth: number, radius: number, tx: number, ty: number, left: number, right: number): void {
    const steps = capSteps(radius * Math.max(this.#width, this.#height) * 0.5)
    let previous = left
    for (let k = 1; k <= steps; k += 1) {
      const angle = (Math.PI * k) / steps
      const [across, along] = [Math.cos(angle) * radius, Math.sin(angle) * radius]
      const next = k === steps ? right : this.#vertex(x + ty * across + tx * along, y - tx * across + ty * along, depth)
      if (k > 1) this.#list.triangle(left, previous, next)
      previous = next
    }
  }

  /** One straight piece without round ends, as wide all along as its mean depth says. */
  segment(ua: number, va: number, da: number, ub: number, vb: number, db: number): void {
    const [ax, ay, bx, by] = [(2 * ua) / this.#width, (2 * va) / this.#height, (2 * ub) / this.#width, (2 * vb) / this.#height]
    const length = Math.hypot(bx - ax, by - ay)
    if (!(length > 0)) return
    const radius = this.#radius((da + db) / 2)
    const [nx, ny] = [((by - ay) / length) * radius, (-(bx - ax) / length) * radius]
    const left = this.#vertex(ax + nx, ay + ny, da)
    const right = this.#vertex(ax - nx, ay - ny, da)
    const farLeft = this.#vertex(bx + nx, by + ny, db)
    const farRight = this.#vertex(bx - nx, by - ny, db)
    this.#list.triangle(left, right, farLeft)
    this.#list.triangle(farLeft, right, farRight)
  }

  /** A round end all around, in pixels and metres. */
  dot(u: number, v: number, depth: number): void {
    this.#disc((2 * u) / this.#width, (2 * v) / this.#height, depth, this.#radius(depth))
  }

  /** A whole ellipse, its centre and radius in the units of `add`'s clip space. */
  #disc(x: number, y: number, depth: number, radius: number): void {
    const steps = 2 * capSteps(radius * Math.max(this.#width, this.#height) * 0.5)
    const first = this.#vertex(x + radius, y, depth)
    let previous = first
    for (let k = 1; k < steps; k += 1) {
      const angle = (2 * Math.PI * k) / steps
      const next = this.#vertex(x + Math.cos(angle) * radius, y + Math.sin(angle) * radius, depth)
      if (k > 1) this.#list.triangle(first, previous, next)
      previous = next
    }
  }

  /** Half the width in clip space. */
  #radius(depth: number): number {
    return this.#halfWidth * Math.min(Math.max(1 - depth / this.#far, 0), 1)
  }

  #vertex(x: number, y: number, depth: number): number {
    return this.#list.vertex(x - 1, 1 - y, depth / this.#far, this.#colour)
  }

  /** Cosine of the turn at b. */
  #turn(a: number, b: number, c: number): number {
    const ax = this.#x[b] - this.#x[a]
    const ay = this.#y[b] - this.#y[a]
    const bx = this.#x[c] - this.#x[b]
    const by = this.#y[c] - this.#y[b]
    return (ax * bx + ay * by) / Math.sqrt((ax * ax + ay * ay) * (bx * bx + by * by))
  }

  #grow(): void {
    const grown = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(old.length * 2)
      larger.set(old)
      return larger
    }
    this.#x = grown(this.#x)
    this.#y = grown(this.#y)
    this.#d = grown(this.#d)
    this.#s = grown(this.#s)
  }
}

/** Steps that keep a half circle of a radius in pixels within tolerance. */
function capSteps(radius: number): number {
  if (radius <= capTolerance) return 2
  return Math.min(Math.max(Math.ceil(Math.PI / 2 / Math.acos(1 - capTolerance / radius)), 2), mostCapSteps)
}

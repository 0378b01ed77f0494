/** Loaded before a service: its clock is off by VIRGA_CLOCK_SHIFT_MS, as on a machine that nobody set. Timers still take their time. */
const shiftMs = Number(process.env.VIRGA_CLOCK_SHIFT_MS ?? 0)
const realNow = Date.now.bind(Date)

class ShiftedDate extends Date {
  constructor(...parts: [] | [number | string]) {
    if (parts.length === 0) super(realNow() + shiftMs)
    else super(...parts)
  }

  static override now(): number {
    return realNow() + shiftMs
  }
}

globalThis.Date = ShiftedDate as DateConstructor

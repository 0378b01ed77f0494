/** The report's look: dark, since videos of nights are judged on it; system fonts, nothing loaded. */
export const reportStyle = `
:root { color-scheme: dark; --ground: #14171c; --card: #1d2127; --line: #2c323b; --text: #f2f4f7; --dim: #98a2b3; --accent: #7cc4ff; --panel: 430px; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
header, main { padding: 0 28px; }
header { padding-top: 26px; }
h1 { margin: 0 0 10px; font-size: 24px; letter-spacing: -0.01em; }
h2 { margin: 30px 0 14px; font-size: 17px; font-weight: 600; }
.statements { margin: 0 0 16px; padding: 10px 14px 10px 30px; max-width: 100ch; background: var(--card); border-left: 3px solid var(--accent); border-radius: 4px; }
dl { display: flex; flex-wrap: wrap; gap: 8px 34px; margin: 0 0 16px; }
dt { color: var(--dim); font-size: 12px; }
dd { margin: 0; overflow-wrap: anywhere; }
.clock { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 12px; align-items: center; padding: 10px 28px; background: color-mix(in srgb, var(--ground) 92%, transparent); border-block: 1px solid var(--line); backdrop-filter: blur(6px); }
.clock button, .clock select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 4px 12px; cursor: pointer; }
#play { min-width: 74px; }
#scrub { flex: 1 1 220px; accent-color: var(--accent); }
#zoom { accent-color: var(--accent); vertical-align: middle; }
.clock label { color: var(--dim); font-size: 13px; }
output { min-width: 118px; font-variant-numeric: tabular-nums; color: var(--dim); }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(var(--panel), 100%), 1fr)); gap: 16px; }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
figure.variant { border-color: #3b4c63; }
video { display: block; width: 100%; height: auto; background: #000; }
figcaption { display: flex; flex-wrap: wrap; gap: 2px 10px; align-items: baseline; padding: 9px 12px 11px; }
figcaption span { flex-basis: 100%; color: var(--dim); font-size: 13px; }
.mark { font-size: 11px; font-weight: 600; color: var(--ground); background: var(--accent); border-radius: 4px; padding: 1px 6px; }
.scroll { overflow-x: auto; margin: 18px 0 34px; }
table { border-collapse: collapse; font-size: 13px; min-width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 7px 14px 7px 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--dim); font-weight: 500; white-space: nowrap; }
tbody th { font-weight: 600; white-space: nowrap; }
td { max-width: 46ch; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
`

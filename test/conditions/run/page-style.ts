/** The page's looks: quiet, so that the pictures are what one sees; light or dark as the reader's system is. */
export const pageStyle = `
:root { color-scheme: light dark; --ground: #f6f6f4; --card: #fff; --ink: #1d1f21; --quiet: #666a6d; --line: #dcdcd8; --ok: #1d7a46; --off: #b3261e; --accent: #2c5fb3 }
@media (prefers-color-scheme: dark) { :root { --ground: #141517; --card: #1d1f22; --ink: #e8e8e6; --quiet: #9a9ea2; --line: #33363a; --ok: #5cc58c; --off: #ff8a80; --accent: #8db4f5 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Open Sans", sans-serif }
header, main { max-width: 1500px; margin: 0 auto; padding: 0 24px }
h1 { font-size: 26px; margin: 32px 0 4px; letter-spacing: -0.01em }
header p { color: var(--quiet); margin: 4px 0; max-width: 95ch }
.totals { width: 100%; border-collapse: collapse; margin: 20px 0 8px; font-variant-numeric: tabular-nums }
.totals th, .totals td { text-align: right; padding: 7px 14px 7px 0; border-bottom: 1px solid var(--line) }
.totals th:first-child, .totals td:first-child { text-align: left }
.totals th { color: var(--quiet); font-weight: 500; font-size: 13px }
.bar { position: sticky; top: 0; z-index: 1; background: var(--ground); border-bottom: 1px solid var(--line); padding: 10px 0; margin: 12px 0 16px; display: flex; flex-wrap: wrap; gap: 8px 20px; align-items: center }
.choice { display: flex; border: 1px solid var(--line); border-radius: 7px; overflow: hidden }
.choice button { appearance: none; font: inherit; font-size: 13px; color: var(--quiet); background: var(--card); border: 0; border-left: 1px solid var(--line); padding: 5px 11px; cursor: pointer }
.choice button:first-child { border-left: 0 }
.choice button[aria-pressed=true] { background: var(--accent); color: var(--card) }
.bar output { margin-left: auto; color: var(--quiet); font-size: 13px }
article { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px 16px; margin: 0 0 16px }
article h2 { font-size: 16px; margin: 0; font-weight: 600 }
article .what { color: var(--quiet); margin: 0 0 8px }
.facts { display: flex; flex-wrap: wrap; gap: 2px 22px; margin: 0 0 10px; font-variant-numeric: tabular-nums }
.facts div { display: flex; gap: 6px } .facts dt { color: var(--quiet) } .facts dd { margin: 0 }
.ok { color: var(--ok); font-weight: 600 } .off { color: var(--off); font-weight: 600 }
.pictures { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 10px }
figure { margin: 0 } figcaption { font-size: 12.5px; color: var(--quiet); margin-top: 3px }
figure img { display: block; width: 100%; height: auto; background: #000; border-radius: 4px; image-rendering: auto }
figure.ours { cursor: pointer }
.error { color: var(--off); overflow-wrap: anywhere }
@media (max-width: 800px) { .pictures { grid-template-columns: 1fr } }
`

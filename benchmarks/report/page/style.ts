/** The page's whole look; it loads nothing. */
export const style = `
:root { color-scheme: light; --ink: #1f2937; --soft: #5b6472; --line: #e2e6ec; --ground: #f6f8fb; --blue: #2f6fde; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1000px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 26px; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 18px; margin: 0 0 4px; }
p { margin: 0 0 12px; }
.lead { color: var(--soft); margin: 2px 0 18px; }
.caption { color: var(--soft); font-size: 13.5px; margin: 0 0 10px; }
.head { display: flex; align-items: baseline; gap: 14px; flex-wrap: wrap; }
.badge { font-size: 13px; font-weight: 600; padding: 3px 11px; border-radius: 99px; color: #fff; white-space: nowrap; }
.completed { background: #2f9e6e; } .not-sustained { background: #c77a12; } .failed { background: #d1493f; } .interrupted { background: #8a93a1; }
.note { border-left: 4px solid #c77a12; background: #fff8ec; padding: 10px 14px; border-radius: 0 8px 8px 0; margin: 0 0 16px; }
.note.failed-note { border-color: #d1493f; background: #fdf1f0; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 12px; margin: 0 0 16px; }
.card, section { background: #fff; border: 1px solid var(--line); border-radius: 12px; }
.card { padding: 12px 16px; }
.card b { display: block; font-size: 24px; font-weight: 650; letter-spacing: -0.02em; line-height: 1.3; }
.card b small { font-size: 14px; font-weight: 500; color: var(--soft); margin-left: 3px; letter-spacing: 0; }
.card span { color: var(--soft); font-size: 13px; display: block; }
section { padding: 18px 20px 14px; margin: 0 0 16px; }
.wide { overflow-x: auto; }
svg { max-width: 100%; height: auto; display: block; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; margin: 6px 0 10px; }
th { text-align: right; color: var(--soft); font-weight: 600; font-size: 12.5px; padding: 6px 8px; border-bottom: 1px solid #c9cfd8; vertical-align: bottom; }
td { text-align: right; padding: 6px 8px; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
tr:last-child td { border-bottom: 0; }
td.text { white-space: normal; overflow-wrap: anywhere; min-width: 16ch; }
.dense { font-size: 13px; } .dense td:first-child, .dense td:last-child { white-space: normal; } .dense th { font-size: 11.5px; } .dense th, .dense td { padding: 6px 5px; } .ok { color: #23805a; } .off { color: #c23a30; font-weight: 600; } .none { color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; font-size: 14px; margin: 6px 0 8px; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
code { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
@media (max-width: 600px) { main { padding: 20px 10px 40px; } section { padding: 14px 12px 10px; } dl { grid-template-columns: 1fr; } dd { margin-bottom: 6px; } }
@media print { body { background: #fff; } main { max-width: none; padding: 0; } section, .card { break-inside: avoid; } }
`;

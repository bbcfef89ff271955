/** The page's look: readable on a phone in the morning, in the dark, and on paper. No font or script is fetched. */
export const reportStyle = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --teacher: #e8590c; --student: #1971c2; --person: #2f9e44; --precision: #d6336c; --recall: #1098ad; }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 40px 0 8px; }
p { margin: 6px 0; } .soft { opacity: .72; } .num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.card { border: 1px solid var(--line); border-left: 5px solid var(--person); border-radius: 8px; padding: 12px 16px; margin: 16px 0; background: var(--soft); }
.card.kept { border-left-color: var(--teacher); }
.notice { border: 1px dashed var(--line); border-radius: 8px; padding: 8px 12px; margin: 12px 0; }
.scroll { overflow-x: auto; } .scroll + .scroll { margin-top: 20px; } table { border-collapse: collapse; width: 100%; }
th, td { padding: 5px 10px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; } th { font-weight: 600; }
th.num { text-align: right; }
.facts { display: flex; flex-wrap: wrap; gap: 8px; padding: 0; list-style: none; }
.facts li { border: 1px solid var(--line); border-radius: 8px; padding: 6px 12px; } .facts b { display: block; font-size: 19px; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(320px, 1fr)); gap: 16px; }
figure { margin: 0; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; } figure svg { display: block; width: 100%; height: auto; }
figcaption { padding: 8px 12px; font-size: 13px; }
svg rect, figure path { fill: none; stroke-width: 2.5; vector-effect: non-scaling-stroke; }
.teacher { stroke: var(--teacher); } .student { stroke: var(--student); stroke-dasharray: 7 4; } .person { stroke: var(--person); stroke-dasharray: 2 3; }
.key { display: flex; flex-wrap: wrap; gap: 18px; padding: 0; list-style: none; } .key i { display: inline-block; width: 26px; height: 0; border-top: 3px solid; margin-right: 6px; vertical-align: middle; }
svg.chart { display: block; width: 100%; min-width: 480px; max-width: 760px; height: auto; } .chart text { fill: currentColor; font-size: 12px; opacity: .8; }
.chart polyline { fill: none; stroke-width: 2; stroke-linejoin: round; } .chart circle { stroke: none; } .chart .grid { stroke: var(--line); } .chart .threshold { stroke: currentColor; stroke-dasharray: 3 4; opacity: .7; }
polyline.precision { stroke: var(--precision); stroke-dasharray: 8 4; } polyline.recall { stroke: var(--recall); stroke-dasharray: 3 3; } polyline.f1 { stroke: currentColor; stroke-width: 2.5; }
circle.precision { fill: var(--precision); } circle.recall { fill: var(--recall); } circle.f1 { fill: currentColor; }
i.precision { color: var(--precision); border-top-style: dashed; } i.recall { color: var(--recall); border-top-style: dotted; }
.matrices { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(440px, 100%), 1fr)); gap: 24px; align-items: start; }
.matrix caption { text-align: left; font-weight: 600; padding: 4px 0; } .matrix td { min-width: 38px; } .matrix td, .matrix th { padding: 5px 7px; } .matrix th i { font-weight: 400; }
.matrix { width: auto; } .matrix th { white-space: nowrap; max-width: 13em; overflow: hidden; text-overflow: ellipsis; }
.stacked { grid-template-columns: 100%; } .on-end th.num { vertical-align: bottom; } .on-end th.num span { display: inline-block; writing-mode: vertical-rl; transform: rotate(180deg); max-height: 11em; overflow: hidden; text-overflow: ellipsis; }
.agreed { background: color-mix(in srgb, var(--person) var(--share), transparent); } .mistaken { background: color-mix(in srgb, var(--teacher) var(--share), transparent); }
@media (max-width: 600px) { th, td { padding: 4px 6px; } td.num .soft { display: block; font-size: 12px; } table:not(.matrix) td:first-child { min-width: 6.5em; } body { padding-top: 12px; } h2 { margin-top: 28px; } }
code { font-size: 12px; overflow-wrap: anywhere; }
`

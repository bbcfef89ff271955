/** The page's look: readable on a phone in the morning, in the dark, and on paper. No font or script is fetched. */
export const reportStyle = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --teacher: #e8590c; --student: #1971c2; --person: #2f9e44; }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 40px 0 8px; }
p { margin: 6px 0; } .soft { opacity: .72; } .num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.card { border: 1px solid var(--line); border-left: 5px solid var(--person); border-radius: 8px; padding: 12px 16px; margin: 16px 0; background: var(--soft); }
.card.kept { border-left-color: var(--teacher); }
.notice { border: 1px dashed var(--line); border-radius: 8px; padding: 8px 12px; margin: 12px 0; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { padding: 5px 10px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; } th { font-weight: 600; }
th.num { text-align: right; }
.facts { display: flex; flex-wrap: wrap; gap: 8px; padding: 0; list-style: none; }
.facts li { border: 1px solid var(--line); border-radius: 8px; padding: 6px 12px; } .facts b { display: block; font-size: 19px; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(320px, 1fr)); gap: 16px; }
figure { margin: 0; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; } figure svg { display: block; width: 100%; height: auto; }
figcaption { padding: 8px 12px; font-size: 13px; }
svg rect { fill: none; stroke-width: 2.5; vector-effect: non-scaling-stroke; }
.teacher { stroke: var(--teacher); } .student { stroke: var(--student); stroke-dasharray: 7 4; } .person { stroke: var(--person); stroke-dasharray: 2 3; }
.key { display: flex; flex-wrap: wrap; gap: 18px; padding: 0; list-style: none; } .key i { display: inline-block; width: 26px; height: 0; border-top: 3px solid; margin-right: 6px; vertical-align: middle; }
code { font-size: 12px; overflow-wrap: anywhere; }
`

/** How the panel looks: light and dark as the device wishes, in one column where there is no room for two. */
export const STYLE = `
:host {
  all: initial;
  color-scheme: light dark;
  --ink: #10201e; --soft: #4b5f5c; --paper: #f3f7f6; --card: #ffffff; --edge: #d0dcd9;
  --brand: #0f766e; --warn: #9a4a07; --bad: #b91c1c; --good: #0f766e; --hover: #e4eeec;
  font: 13px/1.45 system-ui, "Segoe UI", sans-serif;
  color: var(--ink);
}
@media (prefers-color-scheme: dark) {
  :host {
    --ink: #e6f1ef; --soft: #a3b8b4; --paper: #0c1413; --card: #14201e; --edge: #2a4540;
    --brand: #2dd4bf; --warn: #fbbf24; --bad: #f98080; --good: #2dd4bf; --hover: #1d302c;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
h2, h3, p, dl, dd, ol { margin: 0; padding: 0; }
ol { list-style: none; }
h2 { font-size: 14px; outline-offset: 3px; }
h3 { font-size: 12px; color: var(--soft); font-weight: 600; margin-bottom: 6px; }
:focus-visible { outline: 2px solid var(--brand); outline-offset: 2px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
button, select {
  font: inherit; color: inherit; background: var(--card); border: 1px solid var(--edge);
  border-radius: 7px; padding: 4px 10px; min-height: 30px; cursor: pointer;
}
button:hover { background: var(--hover); }
.danger { color: var(--bad); border-color: currentColor; }
.small { min-height: 26px; padding: 2px 9px; }
select { max-width: 14em; padding: 2px 6px; min-height: 26px; }

.toggle {
  position: fixed; z-index: 2147483000; right: 16px; bottom: 16px; width: 44px; height: 44px; padding: 9px;
  border-radius: 50%; background: #0f766e; border: 1px solid #ffffff66; box-shadow: 0 2px 10px #0004;
}
.toggle:hover { background: #0b5f58; }
.toggle svg { display: block; width: 24px; height: 24px; fill: none; stroke: #fff; stroke-width: 3; stroke-linecap: round; }
.toggle circle { stroke-width: 2; }
:host([data-corner$="left"]) .toggle { right: auto; left: 16px; }
:host([data-corner^="top"]) .toggle { bottom: auto; top: 16px; }
.dot {
  position: absolute; right: -1px; bottom: -1px; width: 14px; height: 14px; border-radius: 50%;
  border: 2px solid #fff; background: #7b8a87; forced-color-adjust: none;
}
.dot[data-tone="signed-in"] { background: #16a34a; }
.dot[data-tone="failing"] { background: #f59e0b; }
.dot[data-tone="signed-out"] { background: #7b8a87; }
.dot[data-tone="disposed"] { background: #111; }

#panel {
  position: fixed; z-index: 2147483000; inset: auto 0 0 0; height: min(60vh, 520px); display: flex;
  flex-direction: column; background: var(--paper); border-top: 1px solid var(--edge); box-shadow: 0 -4px 24px #0003;
}
:host([data-corner^="top"]) #panel { inset: 0 0 auto 0; border-top: 0; border-bottom: 1px solid var(--edge); }
header {
  display: flex; flex-wrap: wrap; align-items: center; gap: 6px 10px; padding: 7px 12px;
  background: var(--card); border-bottom: 1px solid var(--edge);
}
header > :last-child { margin-left: auto; }
.badge { padding: 1px 9px; border-radius: 99px; border: 1px solid currentColor; color: var(--soft); font-weight: 600; font-size: 12px; }
.badge[data-tone="signed-in"] { color: var(--good); }
.badge[data-tone="failing"] { color: var(--warn); }
.alarm { color: var(--card); background: var(--warn); border-color: var(--warn); }
.alarm:empty { display: none; }
.body { flex: 1; min-height: 0; display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 4fr); }
.facts {
  overflow: auto; padding: 10px; display: grid; gap: 10px; align-content: start;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 250px), 1fr));
}
.column { display: grid; gap: 10px; align-content: start; min-width: 0; }
section { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; padding: 9px 11px; min-width: 0; }
section.storage, section.faults { grid-column: 1 / -1; }
dl > div { display: flex; justify-content: space-between; gap: 12px; padding: 3px 0; }
dl > div + div { border-top: 1px solid var(--edge); }
dt { color: var(--soft); flex: none; }
dd { text-align: right; overflow-wrap: anywhere; min-width: 0; font-variant-numeric: tabular-nums; }
.value { display: block; }
small { display: block; font-size: 12px; color: var(--soft); }
small:empty { display: none; }
.bar { height: 4px; margin-top: 6px; border-radius: 4px; background: var(--hover); overflow: hidden; }
.life { height: 100%; background: var(--good); transform: scaleX(var(--left, 0)); transform-origin: left; }
.life[data-tone="failing"] { background: var(--warn); }
.none { color: var(--soft); }
.row, .question { display: flex; flex-wrap: wrap; gap: 6px; }
.question p { flex-basis: 100%; }
[aria-pressed="true"], [aria-pressed="true"]:hover { color: var(--card); background: var(--warn); border-color: var(--warn); }
.switched { color: var(--soft); margin-bottom: 7px; }
.switched[data-tone="on"] { color: var(--warn); }
.outcome { margin-top: 7px; color: var(--soft); overflow-wrap: anywhere; }
.outcome:empty { display: none; }
.outcome[data-tone="bad"] { color: var(--bad); }

.line { display: flex; flex-direction: column; border-radius: 0; border-width: 0 0 0 1px; padding: 10px 12px 0; min-height: 0; position: relative; }
.tools { position: absolute; top: 6px; right: 12px; display: flex; align-items: center; gap: 10px; }
.tools label { display: flex; align-items: center; gap: 5px; min-height: 26px; color: var(--soft); }
input { accent-color: var(--brand); margin: 0; }
.line .none { padding: 6px 0 12px; }
.line .scroll { flex: 1; min-height: 0; overflow: auto; margin: 4px -12px 0; }
.line li {
  display: grid; grid-template-columns: auto auto minmax(0, 1fr); gap: 2px 10px; padding: 4px 12px;
  border-left: 3px solid transparent;
}
.line li + li { border-top: 1px solid var(--edge); }
.line .good { border-left-color: var(--good); }
.line .warning { border-left-color: var(--warn); }
.line .bad { border-left-color: var(--bad); }
.line .step { color: var(--soft); }
time, .tab { color: var(--soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
.tab { min-width: 4.2em; }
.here { color: var(--brand); }
.what { overflow-wrap: anywhere; }
.what strong { font: 600 12px/1.45 ui-monospace, "SF Mono", monospace; }

.storage .scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 3px 10px 3px 0; font-weight: 400; vertical-align: top; }
thead th { color: var(--soft); }
tbody tr { border-top: 1px solid var(--edge); }
tbody th { font-family: ui-monospace, "SF Mono", monospace; font-size: 12px; overflow-wrap: anywhere; min-width: 9em; }
td { white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0; }

@media (max-width: 720px) {
  #panel { height: min(75vh, 640px); }
  .body { display: block; overflow: auto; }
  .facts { overflow: visible; }
  .line { border-width: 1px 0 0; }
  .line .scroll { overflow: visible; }
  .line li { grid-template-columns: auto 1fr; }
  .what { grid-column: 1 / -1; }
}
@media print { :host { display: none; } }
@media (prefers-reduced-motion: no-preference) {
  .toggle, button { transition: background-color 0.12s; }
  .life { transition: transform 1s linear; }
}
`

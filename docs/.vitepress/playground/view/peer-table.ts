import { type PeerScenario, peerScenarios, SETTING } from '../peer.js'
import { h } from './dom.js'

/** Names of code stand between backticks in the benchmark. */
const plain = (text: string): string => text.replaceAll('`', '')

function drawScenario({ name, hint, rows }: PeerScenario): HTMLElement {
  const head = ['Measured', 'Holdfast', 'auth-js'].map((text) => h('th', { scope: 'col' }, text))
  const body = rows.map(({ measure, holdfast, peer }) =>
    h('tr', {}, h('td', {}, plain(measure)), h('td', {}, holdfast), h('td', {}, peer)),
  )
  return h(
    'div',
    { class: 'scenario' },
    h('h4', {}, plain(name)),
    h('p', { class: 'soft' }, hint),
    h('table', {}, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...body)),
  )
}

/** Draws what the benchmark saw of auth-js in the same situations. */
export function drawPeer(): HTMLElement {
  const { date, holdfast, authJs, chromium } = SETTING
  return h(
    'section',
    { class: 'card peer', 'aria-labelledby': 'playground-peer' },
    h('h3', { id: 'playground-peer' }, 'The same with auth-js'),
    h(
      'p',
      { class: 'soft' },
      `Recorded by the benchmark on ${date}: Holdfast ${holdfast} beside @supabase/auth-js ${authJs}, against the same scripted GoTrue, in Chromium ${chromium}. A stolen token is not among its scenarios: what becomes of it is up to the server.`,
    ),
    h('div', { class: 'scenarios' }, ...peerScenarios().map(drawScenario)),
  )
}

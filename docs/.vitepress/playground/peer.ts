import recorded from './recorded.json'

/** One line of what the benchmark saw. */
export interface PeerRow {
  readonly measure: string
  readonly holdfast: string
  readonly peer: string
}

/** What the benchmark saw of both clients in a situation that the playground lets one make. */
export interface PeerScenario {
  readonly name: string
  /** How to make the situation here. */
  readonly hint: string
  readonly rows: readonly PeerRow[]
}

/** The benchmark's scenarios that the playground can play, and how. */
const HINTS: Readonly<Record<string, string>> = {
  'Ten tabs at expiry': 'Open tabs and let the device sleep for an hour.',
  'Clock a day fast, 50 `getSession()`': 'Set the clock, and ask for the session again and again.',
  '429 on an expired token':
    'Let the server rate-limit, let a minute pass, ask, and let it be up again.',
  'Outage with a valid token': 'Let the server be down while the token still runs, and ask.',
}

/** A time below a second: it says more of the machine that ran the benchmark than of the client. */
const SHORT = /^[\d.]+ (ms|µs|ns)$/

/** What was measured, with which versions. */
export const SETTING: Readonly<Record<'date' | 'holdfast' | 'authJs' | 'chromium', string>> =
  recorded.setting

/** What was recorded of each. @throws Error when the recorded run has no such scenario. */
export function peerScenarios(): readonly PeerScenario[] {
  return Object.entries(HINTS).map(([name, hint]) => {
    const found = recorded.scenarios.find((scenario) => scenario.name === name)
    if (!found) throw new Error(`The recorded benchmark has no scenario called "${name}".`)
    const rows = found.rows.filter(
      ({ holdfast, peer }) => !(SHORT.test(holdfast) && SHORT.test(peer)),
    )
    return { name, hint, rows }
  })
}

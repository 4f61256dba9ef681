import { auth } from './client.js'

/** What the server tells about the demo itself. It holds no token. */
export interface DemoState {
  readonly mode: string
  readonly onTheft: string
  /** How often the app was told of theft. */
  readonly thefts: number
  /** How many refreshes the core has answered with new tokens. */
  readonly exchanges: number
  readonly thief: Thief | null
}

/** A thief, as the page sees it. */
export interface Thief {
  readonly name: string
  readonly copy: 'good' | 'replayed' | 'replaced' | 'gone' | 'over'
  readonly last: {
    readonly status: number
    readonly message: string
    readonly cleared: readonly string[]
  } | null
}

const JSON_TYPE = { 'Content-Type': 'application/json' }

/** What the page wants of the demo's server. */
export type Wish = Readonly<Record<string, string | boolean>>

const read = async (response: Response): Promise<DemoState> => {
  if (!response.ok) throw new Error(`The demo’s server answered ${response.status}.`)
  return response.json()
}

/** How the demo is now. */
export const look = async (): Promise<DemoState> => read(await fetch('/demo'))

/** Asks for a change. */
export const wish = async (wanted: Wish): Promise<DemoState> =>
  read(await fetch('/demo', { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(wanted) }))

/** Lets the thief have the refresh token of this browser. */
export const copyToken = async (): Promise<DemoState> =>
  read(
    await auth.fetch('/auth/session/refresh/copy', {
      method: 'POST',
      headers: JSON_TYPE,
      body: '{}',
    }),
  )

/** Lets the thief refresh. */
export const steal = async (): Promise<DemoState> =>
  read(await fetch('/demo/thief', { method: 'POST', headers: JSON_TYPE, body: '{}' }))

/**
 * Two refreshes by nobody who knows of the other. The server begins with neither until both are
 * there: a browser that is slow with the second would send it the first one's new token.
 */
export async function refreshTwice(): Promise<string> {
  const before = await wish({ meet: true })
  const answers = await Promise.all(
    [1, 2].map(() =>
      fetch('/auth/session/refresh', { method: 'POST', headers: { rid: 'session' } }),
    ),
  )
  const [one, two] = answers.map(({ headers }) => headers.get('front-token'))
  const { exchanges } = await look()
  const statuses = answers.map(({ status }) => status).join(' and ')
  if (!answers.every(({ ok }) => ok)) return `Answered ${statuses}. You are still signed in.`
  const same = one === two ? 'Both got the same tokens' : 'They got different tokens'
  return `Answered ${statuses}. ${same}; exchanges at the core: ${exchanges - before.exchanges}.`
}

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PATIENT } from '../support/patient.js'
import { plantPage } from './page.js'
import { ADA, type Library, open, type Side, turn } from './stage.js'

const APP = 'https://app.example/back'
const BACK = { emailRedirectTo: APP }

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 1_795_833_000_000 }))
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** Gives this process a page with a history. */
function visit(href: string): void {
  plantPage({ href })
  vi.stubGlobal('history', Reflect.get(globalThis, 'window').history)
}

/** Where an address of the server leads. */
async function follow({ server }: Side, href: string): Promise<string> {
  const answer = await server.fetch(href, { redirect: 'manual' })
  return answer.headers.get('location') ?? ''
}

const link = ({ server }: Side): string => server.messages.at(-1)?.link ?? ''

/** Asks for a link, and opens it. */
async function mailed(side: Side): Promise<string> {
  await side.auth.signInWithOtp({ email: ADA.email, options: BACK })
  return follow(side, link(side))
}

async function recovery(side: Side): Promise<string> {
  await side.auth.resetPasswordForEmail(ADA.email, { redirectTo: APP })
  return follow(side, link(side))
}

async function provider(side: Side, redirectTo = APP): Promise<string> {
  const options = { redirectTo, skipBrowserRedirect: true }
  const { data } = await side.auth.signInWithOAuth({ provider: 'github', options })
  return follow(side, data.url ?? '')
}

async function usedUp(side: Side): Promise<string> {
  await mailed(side)
  return follow(side, link(side))
}

const isLater = (event: string): number => Number(!event.startsWith('INITIAL_SESSION'))
const initialFirst = (one: string, other: string): number => isLater(one) - isLater(other)

interface Arrival {
  readonly error: unknown
  readonly who: string | null
  readonly provider: string | null
  readonly events: readonly string[]
  readonly address: string
}

/** What a library makes of the address that somebody comes back to, on a page that is new. */
async function arrive(
  library: Library,
  flowType: 'implicit' | 'pkce',
  leave: (side: Side) => Promise<string>,
): Promise<Arrival> {
  const options = { flowType }
  visit(APP)
  const first = open(library, { options })
  await vi.waitUntil(() => first.events.length > 0, PATIENT)
  const href = await leave(first)
  await first.auth.dispose()
  vi.unstubAllGlobals()
  visit(href)
  const { auth, events } = open(library, { options }, first)
  const { error } = await auth.initialize()
  await vi.waitUntil(() => events.length > 0, PATIENT)
  await turn()
  const { session } = (await auth.getSession()).data
  const address = location.href.replace(/#$/, '')
  await auth.dispose()
  return {
    error: error && { name: error.name, status: error.status, details: Object(error).details },
    who: session?.user.email ?? null,
    provider: session?.provider_token ?? null,
    events,
    address,
  }
}

const WAYS: Readonly<Record<string, (side: Side) => Promise<string>>> = {
  'the link of a mail': mailed,
  'a link to a new password': recovery,
  'another provider': provider,
  'another provider, to an address with a state of its own': (side) =>
    provider(side, `${APP}?state=cart-7`),
  nowhere: async () => APP,
  'a page whose code is its own': async () => `${APP}?code=68943c48-2329-4d04-9122-1538a0fa69d5`,
}

describe.each(['implicit', 'pkce'] as const)('as with auth-js, with the flow %s', (flowType) => {
  it.each(Object.entries(WAYS))('a page that somebody comes to from %s', async (_, leave) => {
    const theirs = await arrive('auth-js', flowType, leave)
    const ours = await arrive('face', flowType, leave)
    // With a code auth-js tells SIGNED_IN before INITIAL_SESSION, which is told first here.
    expect(ours).toEqual({ ...theirs, events: [...theirs.events].sort(initialFirst) })
  })
})

describe('unlike auth-js, on purpose', () => {
  it.each(['implicit', 'pkce'] as const)(
    'an error is taken off the address, and told alike: %s',
    async (flowType) => {
      const theirs = await arrive('auth-js', flowType, usedUp)
      expect(theirs).toMatchObject({ address: expect.stringContaining('otp_expired') })
      expect(await arrive('face', flowType, usedUp)).toEqual({ ...theirs, address: APP })
    },
  )
})

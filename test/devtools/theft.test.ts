import { afterEach, describe, expect, it } from 'vitest'
import { toSource } from '../../src/devtools/source.js'
import { useElsewhere } from '../../src/devtools/theft.js'
import { AuthClient, AuthError, memoryStorage, type Provider } from '../../src/index.js'
import { createManualClock } from '../../src/testing/index.js'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** What becomes of a refresh token at a server. */
type Refresh = (token: string, use: number) => Promise<string | undefined>

/** Somebody who is signed in with a refresh token, or nobody where it is empty. */
async function createOwner(refreshToken: string, refresh: Refresh) {
  const clock = createManualClock()
  const uses: unknown[] = []
  const grant = (next: string | undefined) => ({
    accessToken: 'access',
    refreshToken: next,
    lifetime: 3_600_000,
    user: { id: 'ada' },
  })
  const provider: Provider<object> = {
    id: 'server',
    signIn: async () => grant(refreshToken),
    async refresh(token, { session }) {
      uses.push({ token, session })
      return grant(await refresh(token, uses.length))
    },
  }
  const options = { provider, storage: memoryStorage(), environment: { clock } }
  const auth = new AuthClient(options)
  ends.push(() => auth.dispose())
  if (refreshToken !== '') await auth.signIn({})
  return { auth, clock, uses, steal: () => useElsewhere(toSource(auth, { options })) }
}

describe('a stolen token', () => {
  it('is used once, and then the one that came for it, with nothing else of the session', async () => {
    const { auth, uses, steal } = await createOwner('first', async (_, use) => `next-${use}`)
    expect(await steal()).toContain('shows at the next refresh')
    expect(uses).toEqual([
      { token: 'first', session: null },
      { token: 'next-1', session: null },
    ])
    expect(auth.getSnapshot().session?.refreshToken).toBe('first')
  })

  it.each([
    ['gives no new one', async () => undefined],
    ['gives the same one', async (token: string) => token],
  ])('is not used twice at a server that %s, which cannot notice', async (_, refresh) => {
    const { uses, steal } = await createOwner('first', refresh)
    expect(await steal()).toContain('nothing will show')
    expect(uses).toHaveLength(1)
  })

  it('that a cookie holds is not there to be stolen', async () => {
    const { uses, steal } = await createOwner('http-only.session-1', async () => undefined)
    expect(await steal()).toContain('cookie that no script can read')
    expect(uses).toEqual([])
  })

  it('is none while nobody is signed in', async () => {
    const { uses, steal } = await createOwner('', async () => undefined)
    expect(await steal()).toBe('There is no refresh token to steal.')
    expect(uses).toEqual([])
  })

  it('that the server does not take fails as the server says', async () => {
    const { steal } = await createOwner('first', async () => {
      throw new AuthError('refresh_rejected', 'No.')
    })
    await expect(steal()).rejects.toMatchObject({ code: 'refresh_rejected' })
  })

  it('is not waited for longer than ten seconds', async () => {
    const { clock, steal } = await createOwner('first', () => new Promise(() => {}))
    const failed = expect(steal()).rejects.toMatchObject({ code: 'timeout' })
    await clock.advance(10_000)
    await failed
  })
})

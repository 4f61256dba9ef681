import { describe, expect, it, vi } from 'vitest'
import { AuthClient, memoryStorage } from '../../src/index.js'
import { identities } from '../../src/providers/gotrue/identities.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { passkeys } from '../../src/providers/gotrue/passkeys.js'
import { createScriptedGoTrue } from '../../src/testing/index.js'
import { createDevice } from '../support/device.js'
import { ADA } from '../support/mfa-world.js'
import { PATIENT } from '../support/patient.js'

const GRACE = { email: 'grace@example.com', password: 'secret-2' }

/** Ada's client, whose secrets wait until they are let through, and as whom everything is sent. */
async function slowSecrets() {
  const server = createScriptedGoTrue({ users: [ADA, GRACE] })
  const sent: { what: string; as: string | null }[] = []
  let waiting = 0
  let open = (): void => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const auth = new AuthClient({
    provider: gotrue({
      url: 'http://localhost/auth/v1',
      async fetch(input, init) {
        const as = new Headers(init?.headers).get('authorization')?.split(' ')[1] ?? null
        sent.push({ what: `${init?.method} ${new URL(String(input)).pathname}`, as })
        return server.fetch(input, init)
      },
    }),
    storage: memoryStorage(),
    autoRefresh: false,
    environment: {
      crypto: {
        randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
        async sha256(bytes) {
          waiting++
          await gate
          return crypto.subtle.digest('SHA-256', bytes)
        },
      },
    },
  })
  const { session } = await auth.signIn(ADA)
  sent.length = 0
  return { auth, sent, adas: session?.accessToken, open: () => open(), waiting: () => waiting }
}

describe('a secret that takes long to make', () => {
  it.each([
    [
      'a change of address',
      'PUT /auth/v1/user',
      ({ auth }) => auth.actions.updateUser({ email: 'ada-new@example.com' }),
    ],
    [
      'a link',
      'GET /auth/v1/user/identities/authorize',
      ({ auth }) => identities(auth).linkUrl({ provider: 'github' }),
    ],
  ] satisfies [
    string,
    string,
    (world: Awaited<ReturnType<typeof slowSecrets>>) => Promise<unknown>,
  ][])('does not make %s that Ada asked for one of Grace’s', async (_, what, begin) => {
    const world = await slowSecrets()
    const begun = begin(world).catch(() => {})
    await vi.waitUntil(() => world.waiting() > 0, PATIENT)
    await world.auth.signIn(GRACE)
    world.sent.length = 0
    world.open()
    await begun
    expect(world.sent).toEqual([{ what, as: world.adas }])
    expect(world.auth.getSnapshot().user?.email).toBe(GRACE.email)
  })
})

describe('a passkey that Ada has made', () => {
  it('is not named as Grace, who signs in before it is', async () => {
    const sent: string[] = []
    const server = createScriptedGoTrue({
      users: [ADA, GRACE],
      passkeys: { rpId: 'app.example', rpName: 'App', origins: ['https://app.example'] },
    })
    const auth = new AuthClient({
      provider: gotrue({
        url: 'http://localhost/auth/v1',
        async fetch(input, init) {
          sent.push(`${init?.method}`)
          const answer = await server.fetch(input, init)
          if (String(input).endsWith('/registration/verify')) await auth.signIn(GRACE)
          return answer
        },
      }),
      storage: memoryStorage(),
      autoRefresh: false,
    })
    await auth.signIn(ADA)
    const authenticator = createDevice({ origin: 'https://app.example' })
    const { id } = await passkeys(auth, { authenticator }).register({ friendlyName: 'Laptop' })
    expect(id).toBeTruthy()
    expect(sent).not.toContain('PATCH')
  })
})

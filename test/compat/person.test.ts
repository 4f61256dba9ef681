import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthClient } from '../../src/client.js'
import { GoTrueClient, isAuthRefreshDiscardedError } from '../../src/compat/auth-js/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { memoryStorage } from '../../src/storage/memory.js'
import { createScriptedGoTrue } from '../../src/testing/index.js'
import { METHODS } from './methods.js'
import { plantPage } from './page.js'
import { ADA, call } from './stage.js'
import { createTabs } from './tab.js'

const GRACE = { email: 'grace@example.com', password: 'secret-2' }

/** What is nobody's: it signs somebody in, reads who is signed in, or carries no session. */
const ANYBODYS = new Set([
  ...['signUp', 'signInWithPassword', 'signInAnonymously', 'signInWithOtp', 'verifyOtp'],
  ...['signInWithIdToken', 'signInWithOAuth', 'signInWithSSO', 'signInWithWeb3'],
  ...['signInWithPasskey', 'passkey.startAuthentication', 'passkey.verifyAuthentication'],
  ...['exchangeCodeForSession', 'resetPasswordForEmail', 'resend'],
  ...['getSession', 'setSession', 'refreshSession'],
])

const ARGUMENT = {
  password: 'ada-has-a-new-one',
  factorType: 'totp',
  factorId: 'ee8c66ae',
  challengeId: 'ee8c66ae',
  code: '123456',
  provider: 'github',
  identity_id: 'ee8c66ae',
  passkeyId: 'ee8c66ae',
  friendlyName: 'mine',
  clientId: 'ee8c66ae',
  credential: { id: 'x' },
  webauthn: { rpId: 'localhost', type: 'create', credential_response: { id: 'x' } },
}
/** Methods that take a text. */
const TEXTS = /^(oauth\.(get|approve|deny))/

/** Whom a request is sent as. */
const bearerOf = (init: RequestInit | undefined): string | null =>
  new Headers(init?.headers).get('authorization')?.slice('Bearer '.length) ?? null

/** A client in which Ada is signed in, her token, its face, and as whom everything is sent. */
async function adas() {
  const server = createScriptedGoTrue({ users: [ADA, GRACE] })
  const sent: { what: string; as: string | null }[] = []
  const client = new AuthClient({
    provider: gotrue({
      url: 'http://localhost/auth/v1',
      async fetch(input, init) {
        sent.push({ what: `${init?.method} ${String(input)}`, as: bearerOf(init) })
        return server.fetch(input, init)
      },
    }),
    storage: memoryStorage(),
    autoRefresh: false,
  })
  await client.signIn(ADA)
  const face = new GoTrueClient({ client, flowType: 'pkce' })
  await face.initialize()
  return { client, face, server, sent }
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe('a call that Ada made', () => {
  it.each(METHODS.filter((path) => !ANYBODYS.has(path)))(
    '%s() is never sent as Grace, who signed in while it was loaded',
    async (path) => {
      plantPage({ href: 'http://localhost/' })
      const { client, face, sent } = await adas()
      const seen = client.getSnapshot()
      await client.signIn(GRACE)
      const then = vi.spyOn(client, 'getSnapshot').mockReturnValue(seen)
      sent.length = 0
      const result = call(face, path, TEXTS.test(path) ? 'ee8c66ae' : ARGUMENT)
      then.mockRestore()
      expect(isAuthRefreshDiscardedError((await result).error)).toBe(true)
      expect(sent).toEqual([])
    },
  )

  it.each(METHODS.filter((path) => !ANYBODYS.has(path)))(
    '%s() without a session is not sent as Grace either',
    async (path) => {
      plantPage({ href: 'http://localhost/' })
      const { client, face, sent } = await adas()
      await client.signOut()
      const seen = client.getSnapshot()
      await client.signIn(GRACE)
      const then = vi.spyOn(client, 'getSnapshot').mockReturnValue(seen)
      sent.length = 0
      const result = call(face, path, TEXTS.test(path) ? 'ee8c66ae' : ARGUMENT)
      then.mockRestore()
      expect(isAuthRefreshDiscardedError((await result).error)).toBe(true)
      expect(sent).toEqual([])
    },
  )

  it('updateUser() ends so with nothing in its place: real modules, a real sign-in', async () => {
    const { client, face, sent } = await adas()
    const ada = client.getSnapshot().session?.accessToken
    const [{ error, data }] = await Promise.all([
      face.updateUser({ password: 'ada-has-a-new-one' }),
      client.signIn(GRACE),
    ])
    const changes = sent.filter(({ what }) => what.startsWith('PUT'))
    // Which of the two was faster is for the machine to say.
    if (changes.length > 0) expect(changes).toEqual([{ what: expect.anything(), as: ada }])
    else expect([data, error?.name]).toEqual([{ user: null }, 'AuthRefreshDiscardedError'])
  })

  it.each([...ANYBODYS])('%s() goes on, whoever has signed in', async (path) => {
    plantPage({ href: 'http://localhost/' })
    const { client, face } = await adas()
    const seen = client.getSnapshot()
    await client.signIn(GRACE)
    const then = vi.spyOn(client, 'getSnapshot').mockReturnValue(seen)
    const result = call(face, path, { ...ADA, type: 'signup' })
    then.mockRestore()
    expect(isAuthRefreshDiscardedError((await result).error)).toBe(false)
  })
})

describe('while the start takes a link', () => {
  it('a call waits, and is of whomever the link has signed in', async () => {
    const { open, follow, link, server } = createTabs({ users: [ADA, GRACE] })
    const first = open({ flowType: 'pkce' })
    await first.auth.signInWithOtp({ email: GRACE.email })
    await first.auth.signInWithPassword(ADA)
    const address = await follow(link())
    const { auth } = open({ flowType: 'pkce' }, address)
    const { data, error } = await auth.updateUser({ data: { by: 'the link' } })
    expect([data.user?.email, error]).toEqual([GRACE.email, null])
    expect(server.count('pkce')).toBe(1)
  })
})

describe('a call of several requests', () => {
  it('removes no recovery codes of Grace, who signed in between', async () => {
    const sent: string[] = []
    const server = createScriptedGoTrue({ users: [ADA, GRACE] })
    let between: () => Promise<unknown> = async () => {}
    const client = new AuthClient({
      provider: gotrue({
        url: 'http://localhost/auth/v1',
        async fetch(input, init) {
          if (!String(input).endsWith('/recovery-codes')) return server.fetch(input, init)
          sent.push(String(init?.method))
          await between()
          return Response.json({ id: 'ee8c66ae', total: 10, remaining: 9 })
        },
      }),
      storage: memoryStorage(),
      autoRefresh: false,
    })
    const face = new GoTrueClient({ client, flowType: 'pkce' })
    await client.signIn(ADA)
    between = () => client.signIn(GRACE)
    const { error } = await face.mfa.recoveryCodes.unenroll()
    expect([error?.name, sent]).toEqual(['AuthRefreshDiscardedError', ['GET']])
  })

  it('takes no key from Grace, whose name for it is the same', async () => {
    const sent: string[] = []
    const server = createScriptedGoTrue({ users: [ADA, GRACE] })
    const client = new AuthClient({
      provider: gotrue({
        url: 'http://localhost/auth/v1',
        async fetch(input, init) {
          if (String(input).includes('/token')) return server.fetch(input, init)
          sent.push(`${init?.method} ${new URL(String(input)).pathname}`)
          await client.signIn(GRACE)
          const body = { code: 'mfa_factor_name_conflict', message: 'That name is taken.' }
          return Response.json(body, { status: 422 })
        },
      }),
      storage: memoryStorage(),
      autoRefresh: false,
    })
    plantPage({ href: 'http://localhost/' })
    const face = new GoTrueClient({ client, flowType: 'pkce' })
    await client.signIn(ADA)
    const { error } = await face.mfa.webauthn.register({ friendlyName: 'mine' })
    expect([error?.code, sent]).toEqual(['mfa_factor_name_conflict', ['POST /auth/v1/factors']])
  })
})

import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuthClient, memoryStorage } from '../../src/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { createScriptedGoTrue } from '../../src/testing/index.js'

const URL_OF_AUTH = 'https://project.example/auth/v1'
const ADA = { email: 'ada@example.com', password: 'secret-1' }

const scripted = createScriptedGoTrue({ users: [ADA] })
const handler = http.all('*/auth/v1/*', ({ request }) =>
  scripted.fetch(request).catch(() => HttpResponse.error()),
)
const mocks = setupServer(handler)

beforeAll(() => mocks.listen({ onUnhandledRequest: 'error' }))
afterAll(() => mocks.close())

describe('a scripted server behind MSW', () => {
  it('answers the platform’s own fetch: a sign-in, a refresh, an outage, a sign-out', async () => {
    const auth = new AuthClient({
      provider: gotrue({ url: URL_OF_AUTH }),
      storage: memoryStorage(),
    })
    await auth.signIn(ADA)
    const before = await auth.getAccessToken()
    const { session } = await auth.refreshSession()
    expect(session.refreshToken).not.toBeNull()
    expect(before).not.toBeNull()
    scripted.fail({ type: 'status', status: 503 })
    await expect(auth.refreshSession()).rejects.toMatchObject({ code: 'server_error' })
    expect((await auth.getSession())?.user?.email).toBe(ADA.email)
    await auth.signOut({ scope: 'global' })
    expect(scripted.sessions()).toHaveLength(0)
    auth.dispose()
  })

  it.each(['drop', 'lose-response'] as const)(
    'has it reject where the network is lost: %s',
    async (type) => {
      const auth = new AuthClient({
        provider: gotrue({ url: URL_OF_AUTH }),
        storage: memoryStorage(),
      })
      await auth.signIn(ADA)
      scripted.fail({ type })
      await expect(auth.refreshSession()).rejects.toMatchObject({ code: 'network' })
      expect((await auth.getSession())?.user?.email).toBe(ADA.email)
      auth.dispose()
    },
  )
})

import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthClient, type AuthClientOptions, memoryStorage } from '../../src/index.js'
import { backend } from '../../src/providers/backend/index.js'
import { supertokens } from '../../src/providers/supertokens/index.js'
import { hasSessionCookie, workos } from '../../src/providers/workos/index.js'

type Own = { readonly fetch?: typeof fetch }
type Parts = Pick<AuthClientOptions<never, never, object>, 'storage' | 'environment'>
type Make = (own: Own, parts: Parts) => Pick<AuthClient, 'getSession' | 'dispose'>

const WORKOS = { clientId: 'client_1', url: 'https://auth.example.com', cookies: true }
const hasSession = (): boolean => hasSessionCookie(document.cookie, 'client_1')
const URL_ = 'https://api.example/auth'

/** Clients whose session lies in the browser's cookies, as the documentation makes them. */
const CLIENTS: readonly [string, Make][] = [
  [
    'workos',
    (own, rest) => new AuthClient({ provider: workos({ ...WORKOS, hasSession, ...own }), ...rest }),
  ],
  ['backend', (own, rest) => new AuthClient({ provider: backend({ url: URL_, ...own }), ...rest })],
  [
    'supertokens',
    (own, rest) => new AuthClient({ provider: supertokens({ url: URL_, ...own }), ...rest }),
  ],
]

afterEach(() => void vi.unstubAllGlobals())

/** What a client asks and reports at its start. */
async function start(make: Make, own: Own = {}) {
  const asked = vi.fn(async () => Response.json({ error: 'invalid_grant' }, { status: 400 }))
  const report = vi.fn()
  vi.stubGlobal('fetch', asked)
  const auth = make(own, { storage: memoryStorage(), environment: { report } })
  const session = await auth.getSession().catch(() => null)
  auth.dispose()
  return { asked, report, session }
}

describe.each(CLIENTS)('a client of %s', (name, make) => {
  it('asks nothing and reports nothing on a server that renders the page', async () => {
    const { asked, report, session } = await start(make)
    expect(session).toBeNull()
    expect(asked).not.toHaveBeenCalled()
    expect(report).not.toHaveBeenCalled()
  })

  it('asks in a page whose cookies may hold a session', async () => {
    vi.stubGlobal('location', { href: 'https://app.example/' })
    vi.stubGlobal('document', { cookie: 'workos-has-session=client_1' })
    const { asked } = await start(make)
    expect(asked).toHaveBeenCalled()
  })

  it('asks on a server if the app passes a `fetch`, which may hand on the cookies of the request', async () => {
    vi.stubGlobal('document', { cookie: 'workos-has-session=client_1' })
    const fetch = vi.fn(async () => Response.json({}, { status: 400 }))
    const { asked } = await start(make, { fetch })
    expect(fetch).toHaveBeenCalled()
    expect(asked).not.toHaveBeenCalled()
  })

  it('reports nothing in a worker, which has no document', async () => {
    vi.stubGlobal('location', { href: 'https://app.example/worker.js' })
    const { asked, report } = await start(make)
    expect(asked).toHaveBeenCalledTimes(name === 'workos' ? 0 : 1)
    expect(report).not.toHaveBeenCalled()
  })

  it('asks in React Native, whose requests carry the cookies of the app', async () => {
    vi.stubGlobal('navigator', { product: 'ReactNative' })
    vi.stubGlobal('document', { cookie: 'workos-has-session=1' })
    const { asked } = await start(make)
    expect(asked).toHaveBeenCalled()
  })
})

it('what `hasSession` throws in a page is why nobody knows who is signed in', async () => {
  vi.stubGlobal('location', { href: 'https://app.example/' })
  vi.stubGlobal('document', {})
  const asked = vi.fn()
  vi.stubGlobal('fetch', asked)
  const mistake = new TypeError('a mistake of the app')
  const hasSession = (): never => {
    throw mistake
  }
  const provider = workos({ ...WORKOS, hasSession })
  const auth = new AuthClient({ provider, storage: memoryStorage() })
  const told = { code: 'bad_response', cause: mistake }
  await expect(auth.getSession()).rejects.toMatchObject(told)
  expect(auth.getSnapshot().error).toMatchObject(told)
  expect(asked).not.toHaveBeenCalled()
  auth.dispose()
})

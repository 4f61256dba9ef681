import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AuthClient, memoryStorage } from '../../src/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { createManualClock, createScriptedGoTrue } from '../../src/testing/index.js'

const ADA = { email: 'ada@example.com', password: 'secret-1' }
const BOB = { email: 'bob@example.com', password: 'secret-2' }

let warn = vi.spyOn(console, 'warn')
const undo: (() => void)[] = []
beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  vi.stubEnv('NODE_ENV', 'development')
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  for (const each of undo.splice(0)) each()
})

/** This process serves requests, as long as the test lasts. */
async function listen(): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  undo.push(() => void server.close())
}

/** A client as an app makes it that says no more than it must. */
function open(options: Partial<ConstructorParameters<typeof AuthClient>[0]> = {}) {
  const clock = createManualClock()
  const server = createScriptedGoTrue({ clock, users: [ADA, BOB] })
  const provider = gotrue({ url: 'http://localhost/auth/v1', fetch: server.fetch, now: clock.now })
  const auth = new AuthClient({ autoRefresh: false, ...options, provider })
  undo.push(() => auth.dispose())
  return auth
}

/** Later than any request lasts that made a client. */
function later(): void {
  const now = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(() => now + 10_001)
}

describe('a client that a server keeps for all of its requests', () => {
  it('is warned of while the app is developed, once', async () => {
    await listen()
    const auth = open()
    later()
    await auth.signIn(ADA)
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/all of them are this person now.*pass `storage: memoryStorage\(\)`/)],
    ])
    await auth.signIn(BOB)
    expect(warn).toHaveBeenCalledOnce()
  })

  it.each([
    ['the edge runtime of Next.js', 'EdgeRuntime', 'edge-runtime'],
    ['workers of Cloudflare', 'navigator', { userAgent: 'Cloudflare-Workers' }],
  ])('is warned of in %s, where nothing says that somebody listens', async (_, name, value) => {
    vi.spyOn(process, 'getActiveResourcesInfo').mockReturnValue([])
    vi.stubGlobal(name, value)
    const auth = open()
    later()
    await auth.signIn(ADA)
    expect(warn).toHaveBeenCalledOnce()
  })

  it.each(['production', 'test'])('is nothing to warn of where NODE_ENV is %s', async (mode) => {
    vi.stubEnv('NODE_ENV', mode)
    await listen()
    const auth = open()
    later()
    await auth.signIn(ADA)
    expect(warn).not.toHaveBeenCalled()
  })
})

describe('nobody is warned', () => {
  it('of a program that serves nobody', async () => {
    // Other tests of this process may have servers that are closing still.
    vi.spyOn(process, 'getActiveResourcesInfo').mockReturnValue(['Timeout', 'TTYWrap'])
    const auth = open()
    later()
    await auth.signIn(ADA)
    expect(warn).not.toHaveBeenCalled()
  })

  it('of a storage that the app has chosen, memory too', async () => {
    await listen()
    const auth = open({ storage: memoryStorage() })
    later()
    await auth.signIn(ADA)
    expect(warn).not.toHaveBeenCalled()
  })

  it('of a client that is made for a request', async () => {
    await listen()
    await open().signIn(ADA)
    expect(warn).not.toHaveBeenCalled()
  })

  it('of a service that signed in before it served, when it refreshes', async () => {
    const auth = open()
    await auth.signIn(ADA)
    await listen()
    later()
    await auth.refreshSession()
    expect(warn).not.toHaveBeenCalled()
  })
})

import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthClient } from '../../src/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { parseRetryAfter } from '../../src/providers/shared/retry-after.js'
import { checkUrl } from '../../src/providers/shared/url.js'
import { createFakeBrowser } from '../../src/testing/index.js'

const { signal } = new AbortController()

afterEach(() => void vi.unstubAllGlobals())

/** A refresh that is answered like this, and the requests that it made. */
function refresh(status: number, body: object) {
  const requests: (RequestInit | undefined)[] = []
  const provider = gotrue({
    url: 'https://auth.example/auth/v1',
    fetch: async (input, init) => {
      requests.push(init, input instanceof Request ? input : undefined)
      return Response.json(body, { status })
    },
  })
  return { answer: provider.refresh('token', { signal }), requests }
}

describe('a refresh at GoTrue', () => {
  it.each([401, 403, 404, 422])(
    'that a %i refuses for another reason is tried again',
    async (status) => {
      const { answer } = refresh(status, { code: 'signup_disabled', message: 'Not now.' })
      await expect(answer).rejects.toMatchObject({ code: 'rejected', retryable: true, status })
    },
  )

  it('outlives its page: the rotated token may yet be saved by a sibling', async () => {
    vi.stubGlobal('document', {})
    const { answer, requests } = refresh(200, { access_token: 'a', refresh_token: 'b' })
    await answer
    expect(requests.some((request) => request?.keepalive)).toBe(true)
  })
})

describe('the way back from an OAuth provider', () => {
  it('can be gone again after an outage, and leaves no verifier behind in the end', async () => {
    const browser = createFakeBrowser()
    const tab = browser.tab()
    let status = 503
    const user = { id: 'ada' }
    const auth = new AuthClient({
      provider: gotrue({
        url: 'https://auth.example/auth/v1',
        fetch: async () =>
          Response.json(
            { access_token: 'a', refresh_token: 'b', expires_in: 60, user },
            { status },
          ),
      }),
      storage: tab.storage,
      storageKey: 'app',
      environment: tab.environment,
    })
    await auth.actions.authorizeUrl({ provider: 'github' })
    expect([...browser.storage.entries.keys()]).toContain('app.flows')
    tab.navigate('https://app.example/?code=abc&page=2')
    await expect(auth.actions.handleRedirect()).rejects.toMatchObject({ code: 'server_error' })
    expect(tab.environment.page.href()).toBe('https://app.example/?code=abc&page=2')
    status = 200
    expect((await auth.actions.handleRedirect())?.user?.id).toBe('ada')
    expect(tab.environment.page.href()).toBe('https://app.example/?page=2')
    expect([...browser.storage.entries.keys()]).not.toContain('app.flows')
  })
})

describe('a server', () => {
  it('that cannot be reached: the error holds neither the request nor the token in it', async () => {
    const provider = gotrue({
      url: 'https://auth.example/auth/v1',
      fetch: (input, init) =>
        Promise.reject(Object.assign(new TypeError('no way'), { request: { input, init } })),
    })
    const error: unknown = await provider.refresh('token', { signal }).catch((error) => error)
    expect(error).toMatchObject({ code: 'network' })
    expect(error).not.toHaveProperty('cause')
  })

  it.each([
    ['2', 2_000],
    ['3601', 3_600_000],
    ['Thu, 01 Jan 2099 00:00:00 GMT', 3_600_000],
    ['0', undefined],
    ['soon', undefined],
  ])('that asks for a wait of %s is given at most an hour', (text, ms) => {
    expect(parseRetryAfter(new Headers({ 'Retry-After': text }), 0)).toBe(ms)
  })

  it.each([
    'http://localhost.example',
    'http://127.0.0.1.example',
    'http://127.0.0.1.nip.example/auth',
  ])('at %s is not taken for this device', (url) => {
    expect(() => checkUrl(url)).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
  })
})

import { afterEach, describe, expect, it, vi } from 'vitest'
import type { SignInServer } from '../../../src/server/backend/index.js'
import { createGotrue } from '../../../src/server/gotrue/index.js'
import { createOidc } from '../../../src/server/oidc/index.js'
import { workosServer } from '../../../src/server/workos/index.js'
import { PATIENT } from '../../support/patient.js'
import { ADA, APP, createBackendWorld } from './backend-world.js'

/** Answers nothing until it is given up; tells of both. */
function createSilent(requestTimeout?: number) {
  const state = { asked: false, givenUp: false }
  const signIn: SignInServer = {
    requestTimeout,
    authorizeUrl: ({ redirectUri, state: flow }) => `${redirectUri}?code=c&state=${flow}`,
    exchangeCode: (_, { signal }) =>
      new Promise((_resolve, reject) => {
        state.asked = true
        signal.addEventListener('abort', () => {
          state.givenUp = true
          reject(signal.reason)
        })
      }),
  }
  return { state, signIn }
}

afterEach(() => void vi.useRealTimers())

describe('a sign-in whose auth server is slow', () => {
  it.each([
    ['that says nothing of it', undefined, 10_000],
    ['with a `requestTimeout`', 30_000, 30_000],
  ])('is given up after the time of a server %s', async (_, requestTimeout, limit) => {
    const { state, signIn } = createSilent(requestTimeout)
    const { send } = createBackendWorld({ backend: { signIn } })
    const begun = await send(`/auth/sign-in?loginHint=${ADA}`)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const finished = send(begun.headers.get('Location') ?? '')
    await vi.waitUntil(() => state.asked, PATIENT)
    await vi.advanceTimersByTimeAsync(limit - 1_000)
    expect(state.givenUp).toBe(false)
    await vi.advanceTimersByTimeAsync(1_000)
    expect([state.givenUp, (await finished).status]).toEqual([true, 503])
  })

  it.each([
    ['WorkOS', workosServer({ clientId: 'client_1', apiKey: 'sk_1', requestTimeout: 30_000 })],
    ['GoTrue', createGotrue({ url: `${APP}/auth/v1`, requestTimeout: 30_000 })],
    [
      'OpenID Connect',
      createOidc({ issuer: APP, clientId: 'app', clientSecret: 's', requestTimeout: 30_000 }),
    ],
  ])('may take the `requestTimeout` of %s', (_, server) => {
    expect(server.requestTimeout).toBe(30_000)
  })
})

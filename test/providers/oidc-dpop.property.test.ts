import { describe, expect, it } from 'vitest'
import { AuthClient, isAuthError, memoryKeys, memoryStorage } from '../../src/index.js'
import { dpop } from '../../src/providers/oidc/dpop.js'
import { ES256, thumbprintOf } from '../../src/providers/oidc/dpop-proof.js'
import { fc } from '../support/fast-check.js'
import { ENDPOINTS, oidcWire, tokenBody } from '../support/oidc-wire.js'
import { context } from '../support/wire.js'

const request = { url: 'https://api.example/orders?page=2', method: 'GET' }

/** A session that remembers this of its key. */
const sessionWith = (kept: unknown, token_type: unknown) => ({
  accessToken: 'access-0',
  refreshToken: 'refresh-0',
  expiresAt: 0,
  user: { id: 'ada' },
  extras: { dpop: kept, token_type, oidc: { server: ENDPOINTS, subject: 'ada' } },
})

/** What storage may hold where a session's key should be. */
const kept = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      key: fc.oneof(fc.string(), fc.jsonValue()),
      jkt: fc.oneof(fc.string(), fc.jsonValue()),
      skew: fc.oneof(fc.double(), fc.jsonValue()),
      nonces: fc.oneof(fc.dictionary(fc.webUrl(), fc.string()), fc.jsonValue()),
    },
    { requiredKeys: [] },
  ),
)
const tokenType = fc.constantFrom('DPoP', 'dpop', 'Bearer', 'N_A', undefined, null, 5)

describe('whatever storage holds of a key', () => {
  it('a refresh brings the next tokens, or says that the key is lost', async () => {
    await fc.assert(
      fc.asyncProperty(kept, tokenType, async (dpopKept, type) => {
        const { provider } = oidcWire({ dpop }, [200, tokenBody()])
        const session = sessionWith(dpopKept, type)
        const outcome = await provider
          .refresh('refresh-0', { ...context(), session })
          .catch((error: unknown) => error)
        if (isAuthError(outcome)) expect(outcome).toMatchObject({ serverCode: 'key_lost' })
        else expect(outcome).toMatchObject({ accessToken: 'access-1', refreshToken: 'refresh-1' })
      }),
    )
  })

  it.each(['id_token', 'token_type'])(
    'the next tokens are kept whatever their `%s` is',
    async (name) => {
      const pair = await crypto.subtle.generateKey(ES256, false, ['sign', 'verify'])
      const keys = memoryKeys()
      await keys.set('key', pair)
      const session = sessionWith({ key: 'key', jkt: await thumbprintOf(pair) }, 'DPoP')
      const odd = { ...tokenBody(), [name]: { toString: null } }
      const { provider } = oidcWire({ dpop }, [200, odd], [200, tokenBody()])
      const auth = new AuthClient({ provider, keys, storage: memoryStorage() })
      const grant = await provider.refresh('refresh-0', { ...context(), session })
      expect(grant).toMatchObject({ refreshToken: 'refresh-1' })
      const { extras = {} } = { ...grant }
      const next = { ...session, extras: { ...session.extras, ...extras } }
      expect(await provider.authorize?.(next, request)).toHaveProperty('Authorization')
      const again = await provider.refresh('refresh-1', { ...context(), session: next })
      expect(again).toMatchObject({ accessToken: 'access-1' })
      auth.dispose()
    },
  )

  it('a request to an API carries the token', async () => {
    await fc.assert(
      fc.asyncProperty(kept, tokenType, async (dpopKept, type) => {
        const { provider } = oidcWire({ dpop })
        const headers = await provider.authorize?.(sessionWith(dpopKept, type), request)
        expect(headers).toEqual({ Authorization: 'Bearer access-0' })
      }),
      // What cannot be made a text, where one should be.
      { examples: [[{ key: 'id', jkt: [{ toString: null }], skew: { valueOf: null } }, 'DPoP']] },
    )
  })
})

describe('whatever an API says with DPoP', () => {
  const words = fc.constantFrom(
    ...['use_dpop_nonce', 'invalid_dpop_proof', 'invalid_request', 'invalid_grant', 'other'],
  )
  const status = fc.constantFrom(200, 400, 401, 403, 404, 429, 500, 503)
  const nonces = fc.option(fc.stringMatching(/^[!-~]{0,20}$/))

  it('a request is repeated for a nonce at 401, and for nothing else', () => {
    fc.assert(
      fc.property(status, nonces, fc.option(words), (status, nonce, word) => {
        const { provider } = oidcWire({ dpop })
        const headers = new Headers({
          ...(nonce && { 'DPoP-Nonce': nonce }),
          ...(word && { 'WWW-Authenticate': `DPoP error="${word}"` }),
        })
        const session = sessionWith(null, 'DPoP')
        const meaning = provider.readAnswer?.({ ...request, status, headers }, session)
        const wanted = status === 401 && (word ? word === 'use_dpop_nonce' : Boolean(nonce))
        expect(meaning).toEqual(wanted ? { kind: 'repeat' } : undefined)
      }),
    )
  })
})

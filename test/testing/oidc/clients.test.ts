import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { createScriptedOidc } from '../../../src/testing/index.js'

const ISSUER = 'https://id.example'
const NOW = 1_700_000_000_000
const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** A server with a client that has a key, one that has a secret, and one that has none. */
async function createStage() {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const make = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const [pair, other] = [await make(), await make()]
  const publicKey = await crypto.subtle.exportKey('jwk', pair.publicKey)
  const server = createScriptedOidc({
    signing: 'digest',
    accessTokens: 'jwt',
    clock: { now: () => NOW },
    clients: [{ id: 'keyed', publicKey }, { id: 'web', secret: 'web-secret' }, { id: 'spa' }],
  })

  const sign = (claims: object = {}, key = pair.privateKey) => {
    const about = { iss: 'keyed', sub: 'keyed', aud: ISSUER, jti: crypto.randomUUID() }
    return new SignJWT({ ...about, exp: NOW / 1000 + 60, ...claims })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(key)
  }
  async function ask(form: Readonly<Record<string, string>>) {
    const body = new URLSearchParams({ grant_type: 'client_credentials', ...form })
    const response = await server.fetch(`${ISSUER}/token`, { method: 'POST', body })
    const said: Readonly<Record<string, unknown>> = await response.json()
    return { status: response.status, said }
  }
  const askSigned = (assertion: string) =>
    ask({ client_assertion_type: TYPE, client_assertion: assertion })
  return { server, sign, ask, askSigned, other: other.privateKey }
}

describe('a client of the scripted server that has a key', () => {
  it('is known by what it signs, once', async () => {
    const { sign, askSigned } = await createStage()
    const assertion = await sign()
    expect(await askSigned(assertion)).toMatchObject({
      status: 200,
      said: { token_type: 'Bearer' },
    })
    expect(await askSigned(assertion)).toMatchObject({ status: 401 })
    expect((await askSigned(await sign({ aud: `${ISSUER}/token` }))).status).toBe(200)
  })

  it.each<[string, object]>([
    ['for another server', { aud: 'https://evil.example' }],
    ['about another client', { iss: 'web' }],
    ['that is over', { exp: NOW / 1000 }],
    ['without a name', { jti: undefined }],
    ['without an end', { exp: undefined }],
    ['of a client without a key', { iss: 'web', sub: 'web' }],
    ['of nobody', { iss: 'x', sub: 'x' }],
  ])('is not known by a text %s', async (_, claims) => {
    const { sign, askSigned } = await createStage()
    expect(await askSigned(await sign(claims))).toMatchObject({
      status: 401,
      said: { error: 'invalid_client' },
    })
  })

  it('is not known by what another key signed, by its name alone, or by a secret', async () => {
    const { sign, ask, askSigned, other } = await createStage()
    expect((await askSigned(await sign({}, other))).status).toBe(401)
    expect((await askSigned('no.jwt')).status).toBe(401)
    expect((await ask({ client_id: 'keyed' })).status).toBe(401)
    expect((await ask({ client_id: 'keyed', client_secret: 'undefined' })).status).toBe(401)
  })
})

describe('tokens of a client itself', () => {
  it('are given to those who can keep a secret, and are no session', async () => {
    const { ask, server } = await createStage()
    const web = { client_id: 'web', client_secret: 'web-secret' }
    const { status, said } = await ask({ ...web, scope: 'read' })
    expect([status, said.scope, 'refresh_token' in said]).toEqual([200, 'read', false])
    expect(server.liveSessions()).toBe(0)
    expect(await ask({ client_id: 'spa' })).toMatchObject({
      status: 400,
      said: { error: 'unauthorized_client' },
    })
  })
})

import { describe, expect, it } from 'vitest'
import { stepOf } from '../../../src/providers/oidc/index.js'
import { createOidcWorld } from '../../support/oidc-world.js'
import { createLab } from './lab.js'

const SCOPE = 'openid profile email offline_access'

/**
 * What Microsoft's documentation shows of refusals ("OAuth 2.0 authorization code flow", "Error
 * codes", "Claims challenges"): names of fields, and that the description is four lines.
 */
const DOCUMENTED = [
  ...['correlation_id', 'error', 'error_codes', 'error_description', 'error_uri'],
  ...['timestamp', 'trace_id'],
]
const LINES =
  /^AADSTS(\d+): [^\r\n]+\r\nTrace ID: [\da-f-]{36}\r\nCorrelation ID: [\da-f-]{36}\r\nTimestamp: [\d-]+ [\d:]+Z$/

async function lab() {
  const asked = createLab({ manners: 'entra' }, SCOPE)
  const { refresh_token: token } = await asked.signIn()
  return { ...asked, token }
}

describe('a sign-out at Entra', () => {
  it('leaves the tokens alive, and nothing else revokes them', async () => {
    const { server, signIn, refresh } = await lab()
    const { id_token, refresh_token } = await signIn()
    const query = new URLSearchParams({
      id_token_hint: `${id_token}`,
      post_logout_redirect_uri: 'http://localhost:3000/',
    })
    const page = await server.fetch(`https://id.example/session/end?${query}`, {
      redirect: 'manual',
    })
    expect(page.status).toBe(302)
    expect((await refresh(refresh_token)).body).toHaveProperty('access_token')
    const document = await server.fetch('https://id.example/.well-known/openid-configuration')
    expect(await document.json()).not.toHaveProperty('revocation_endpoint')
  })
})

describe('refusals as Entra documents them', () => {
  it.each<readonly [string, string, number, (its: Awaited<ReturnType<typeof lab>>) => unknown]>([
    ['a garbled token', 'invalid_grant', 9002313, ({ refresh }) => refresh('garbage')],
    ['no token', 'invalid_request', 900144, ({ refresh }) => refresh('')],
    [
      'an unknown client',
      'unauthorized_client',
      700016,
      ({ refresh, token }) => refresh(token, { client_id: 'nobody' }),
    ],
    [
      'a wrong secret',
      'invalid_client',
      7000215,
      ({ refresh, token }) => refresh(token, { client_id: 'web', client_secret: 'wrong' }),
    ],
    [
      'a scope without consent',
      'invalid_grant',
      65001,
      ({ refresh, token }) => refresh(token, { scope: `${SCOPE} admin` }),
    ],
    [
      'an ended session',
      'invalid_grant',
      50173,
      ({ server, refresh, token }) => {
        server.endSessions()
        return refresh(token)
      },
    ],
    ['a code twice', 'invalid_grant', 54005, ({ codeGrant }) => codeGrant('spent')],
  ])('have the fields and the lines: %s', async (_name, error, number, ask) => {
    const { body } = Object(await ask(await lab()))
    expect(body).toMatchObject({ error, error_codes: [number] })
    expect(
      Object.keys(body)
        .filter((name) => name !== 'suberror')
        .sort(),
    ).toEqual(DOCUMENTED)
    expect(LINES.exec(body.error_description)?.[1]).toBe(`${number}`)
  })

  it('name the step and its claims where a second factor is due, and cost no token', async () => {
    const { server, refresh, token, signIn } = await lab()
    server.requireSecondFactor()
    for (let i = 0; i < 2; i++) {
      const { body } = await refresh(token)
      expect(body).toMatchObject({ error: 'invalid_grant', suberror: 'basic_action' })
      expect(JSON.parse(`${body.claims}`)).toHaveProperty('access_token.polids.essential', true)
    }
    const { refresh_token: next } = await signIn()
    expect((await refresh(next)).body).toHaveProperty('access_token')
  })
})

describe('a client at a server with Entra’s manners', () => {
  const open = async () => {
    const world = createOidcWorld({ manners: 'entra' })
    const opened = world.open()
    await world.signIn(opened)
    return { ...world, ...opened, opened }
  }

  it('shows the first line of what it is told, and no line that is for the support', async () => {
    const { server, auth } = await open()
    server.endSessions()
    const error = await auth.refreshSession().catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: 'refresh_rejected',
      message: expect.stringMatching(/^AADSTS50173: [^\r\n]+password\.$/),
    })
  })

  it('is told of a step with its claims, which the next sign-in asks for, and keeps its session', async () => {
    const { server, auth, signIn, opened } = await open()
    server.requireSecondFactor()
    const error: unknown = await auth.refreshSession().catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: 'step_required',
      message: expect.stringMatching(/^AADSTS50076: [^\r\n]+$/),
    })
    expect(await auth.getSession()).not.toBeNull()
    const step = stepOf(error) ?? expect.fail('There is no step.')
    const url = new URL(await auth.actions.signInUrl(step))
    expect(url.searchParams.get('claims')).toContain('polids')
    await signIn(opened, step)
    expect((await auth.refreshSession()).session.user).toMatchObject({ id: 'ada' })
  })
})

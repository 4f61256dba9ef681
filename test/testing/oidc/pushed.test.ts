import { describe, expect, it } from 'vitest'
import { pushRequest } from '../../../src/providers/oidc/index.js'
import type { ScriptedOidcOptions } from '../../../src/testing/index.js'
import { createOidcWorld } from '../../support/oidc-world.js'
import { createLab } from './lab.js'

const SCOPE = 'openid offline_access'
/** RFC 7636, appendix B. */
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
const WISH = {
  client_id: 'spa',
  redirect_uri: 'https://app.example/cb',
  response_type: 'code',
  scope: SCOPE,
  state: 'state',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
}

function createStage(options: ScriptedOidcOptions = { pushedRequests: 'offered' }) {
  const clock = { time: 1_000_000, now: () => clock.time }
  const lab = createLab({ clock, ...options }, SCOPE)
  const push = (fields: Readonly<Record<string, string>> = {}) =>
    lab.post('/request', { ...WISH, ...fields })
  const begin = (query: Readonly<Record<string, string>>) =>
    lab.send(`/auth?${new URLSearchParams(query)}`)
  return { ...lab, clock, push, begin }
}

describe('a scripted server to which sign-ins are pushed', () => {
  it.each(['keycloak', 'oidc-provider'] as const)('answers as %s was captured', async (manners) => {
    const { push } = createStage({ manners, pushedRequests: 'offered' })
    const { shape, body } = await push()
    expect(shape).toBe('201 {expires_in:number,request_uri:text}')
    expect(body.expires_in).toBe(60)
  })

  it('begins what was pushed, once, for the client that did, and not for long', async () => {
    const { push, begin, clock } = createStage()
    const named = async () => ({
      client_id: 'spa',
      request_uri: String((await push()).body.request_uri),
    })
    const query = await named()
    expect((await begin({ ...query, client_id: 'other' })).shape).toMatch(/^400/)
    const { body } = await begin({ ...query, state: 'planted', scope: 'all' })
    expect(body).toMatchObject({ state: 'state', code: expect.any(String) })
    expect((await begin(query)).body).toMatchObject({ error: 'invalid_request' })
    const late = await named()
    clock.time += 60_000
    expect((await begin(late)).shape).toMatch(/^400/)
  })

  it('takes no others where it says so, and knows of none unless it is told', async () => {
    const strict = createStage({ pushedRequests: 'required' })
    expect((await strict.begin(WISH)).body).toMatchObject({ error: 'invalid_request' })
    const none = createStage({})
    expect((await none.push()).shape).toMatch(/^404/)
    expect((await none.begin(WISH)).body).toHaveProperty('code')
  })

  it.each<[string, object]>([
    ['of nobody', { client_id: 'nobody' }],
    ['that was pushed already', { request_uri: 'urn:example:1' }],
  ])('refuses one %s', async (_, fields) => {
    const { push } = createStage()
    expect((await push({ ...fields })).shape).toMatch(/^40[01]/)
  })

  it('is signed in at by a page that pushes', async () => {
    const world = createOidcWorld({ pushedRequests: 'required' })
    const session = await world.signIn(world.open({ pushRequest }))
    expect(session.user?.id).toBe('ada')
  })
})

import { describe, expect, it } from 'vitest'
import { type Answer, CALLBACK, CHALLENGE, createDesk, said } from './desk.js'

const ADA = { provider: 'authkit', login_hint: 'ada@example.com' }

/** Where an answer sends the browser, and with what. */
function sent({ status, headers }: Answer): Readonly<Record<string, string>> {
  const location = new URL(headers.get('location') ?? 'nowhere:')
  const to = location.origin + location.pathname
  return { status: `${status}`, to, ...Object.fromEntries(location.searchParams) }
}

describe('the scripted WorkOS at authorize', () => {
  it('sends the person of the hint back, with code and state', async () => {
    const answer = await createDesk().authorize({ ...ADA, state: 'a b&c' })
    expect(sent(answer)).toEqual({
      status: '302',
      to: CALLBACK,
      code: expect.stringMatching(/^[a-z0-9]{25}$/),
      state: 'a b&c',
    })
  })

  it('says no state when it was given none', async () => {
    expect(sent(await createDesk().authorize(ADA))).not.toHaveProperty('state')
  })

  it('keeps the query of the redirect URI', async () => {
    const redirect_uri = 'https://app.example/in?app=1'
    const desk = createDesk({ clients: [{ id: 'client_scripted', redirectUris: [redirect_uri] }] })
    expect(sent(await desk.authorize({ ...ADA, redirect_uri }))).toMatchObject({
      to: 'https://app.example/in',
      app: '1',
      code: expect.any(String),
    })
  })

  it.each([
    ['no response_type', { response_type: '' }, 'unsupported_response_type'],
    ['an implicit flow', { response_type: 'token' }, 'unsupported_response_type'],
    ['a plain challenge', { code_challenge: 'x' }, 'invalid_request'],
    ['a method alone', { code_challenge_method: 'S256' }, 'code_challenge_missing'],
    ['no selector', { provider: '' }, 'invalid_connection_selector'],
    ['an unknown provider', { provider: 'nobody' }, 'invalid_connection_selector'],
    ['an unknown organization', { organization_id: 'org_z' }, 'organization_invalid'],
    ['an unknown connection', { connection_id: 'conn_z' }, 'connection_invalid'],
  ])('tells the application of %s', async (_, query, error) => {
    const answer = await createDesk().authorize({ ...ADA, state: 's', ...query })
    const expected = { status: '302', to: CALLBACK, error, state: 's' }
    expect(sent(answer)).toEqual({ ...expected, error_description: expect.any(String) })
  })

  it.each([
    ['client', { client_id: 'client_x' }, 'client_id_invalid'],
    ['redirect URI', { redirect_uri: 'https://evil.example/' }, 'redirect_uri_invalid'],
    ['redirect URI that only begins so', { redirect_uri: `${CALLBACK}/x` }, 'redirect_uri_invalid'],
    ['redirect URI at all', { redirect_uri: '' }, 'redirect_uri_invalid'],
  ])('shows a page when there is no known %s', async (_, query, error) => {
    const { status, headers, text } = await createDesk().authorize({ ...ADA, ...query })
    expect(status).toBe(400)
    expect(headers.get('location')).toBeNull()
    expect(text).toContain(error)
    expect(text).not.toContain('evil')
  })

  it.each([
    [{ provider: 'GoogleOAuth' }, 'GoogleOAuth', 'org_a'],
    [{ provider: 'authkit' }, 'Password', 'org_a'],
    [{ provider: 'authkit', organization_id: 'org_b' }, 'Password', 'org_b'],
    [{ provider: '', organization_id: 'org_s' }, 'SSO', 'org_s'],
    [{ provider: '', connection_id: 'conn_org_b' }, 'SSO', 'org_b'],
  ])('signs in by %o', async (query, authentication_method, organization_id) => {
    const desk = createDesk({ organizations: [{ id: 'org_s', requires: 'sso' }] })
    desk.server.setMembership('ada@example.com', 'org_s', {})
    const { body } = await desk.exchange(await desk.code(query))
    expect(body).toMatchObject({ authentication_method, organization_id })
  })

  it('leaves it to authenticate to refuse strangers to an organization', async () => {
    const desk = createDesk({ organizations: [{ id: 'org_c' }] })
    const answer = await desk.exchange(await desk.code({ organization_id: 'org_c' }))
    expect(said(answer)).toBe('400 error:organization_membership_not_found')
  })

  it('registers whom it does not know at a sign-up, and nobody else', async () => {
    const desk = createDesk()
    const login_hint = 'new@example.com'
    expect((await desk.authorize({ ...ADA, login_hint })).status).toBe(200)
    expect(await desk.code({ login_hint })).toBe('')
    const code = await desk.code({ login_hint, screen_hint: 'sign-up' })
    const { body } = await desk.exchange(code)
    expect(body.user).toMatchObject({ email: login_hint })
  })
})

describe('the page of authorize', () => {
  it('lists everybody, each with a link that signs them in', async () => {
    const desk = createDesk()
    const { status, headers, text } = await desk.authorize({
      provider: 'authkit',
      state: '"><b>&',
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
    })
    expect(status).toBe(200)
    expect(headers.get('content-type')).toContain('text/html')
    const links = [...text.matchAll(/<a href="([^"]+)">([^<]+)<\/a>/g)]
    expect(links.map(([, , email]) => email)).toEqual(['ada@example.com', 'bob@example.com'])
    const bob = String(links[1]?.[1]).replaceAll('&amp;', '&')
    const answer = sent(await desk.send(bob))
    expect(answer).toMatchObject({ status: '302', to: CALLBACK, state: '"><b>&' })
    const { body } = await desk.exchange(String(answer.code))
    expect(body.user).toMatchObject({ email: 'bob@example.com' })
  })

  it('runs nothing that an address or a query holds', async () => {
    const desk = createDesk({ users: [{ email: '<img src=x>"\'&@example.com' }] })
    const { text } = await desk.authorize({ provider: 'authkit', state: '"><script>' })
    expect(text).toContain('&lt;img src=x&gt;&quot;&#39;&amp;@example.com</a>')
    expect(text).not.toMatch(/<img|<script/)
  })
})

import { describe, expect, it } from 'vitest'
import { type Answer, CHALLENGE, CLIENT, createDesk, SECRET, said, VERIFIER } from './desk.js'

const CLIENTS = [
  { id: CLIENT, cookies: true },
  { id: 'client_2', cookies: true },
]

/** A desk for clients with cookies, with one browser in front of it. */
function createShop() {
  const desk = createDesk({ clients: CLIENTS })
  const browser = desk.server.browser()
  const include: RequestInit = { credentials: 'include' }
  const visit = (fields: object, init = include): Promise<Answer> => {
    const body = JSON.stringify({ client_id: CLIENT, ...fields })
    const path = '/user_management/authenticate'
    return desk.send(path, { method: 'POST', body, ...init }, browser.fetch)
  }
  return {
    ...desk,
    browser,
    refreshHere: (fields: object = {}, init = include): Promise<Answer> =>
      visit({ grant_type: 'refresh_token', ...fields }, init),
    async signInHere(client_id = CLIENT, init = include): Promise<Answer> {
      const code = await desk.code({ client_id, code_challenge: CHALLENGE })
      const fields = { grant_type: 'authorization_code', code, code_verifier: VERIFIER }
      return visit({ ...fields, client_id }, init)
    },
  }
}

describe('a client with cookies', () => {
  it('gets its refresh token where no script sees it', async () => {
    const { signInHere, browser, server } = createShop()
    const { status, body, headers } = await signInHere()
    expect(status).toBe(200)
    expect(body).not.toHaveProperty('refresh_token')
    expect(headers.getSetCookie()).toEqual([])
    expect(browser.cookies()).toBe(`workos-has-session=${CLIENT}`)
    expect(server.requests.at(-1)?.returned).toMatch(/^[a-z0-9]{25}$/)
  })

  it.each([
    ['https://auth.example', 'Secure; '],
    ['http://localhost:4000', ''],
  ])('at %s gets cookies with the attributes of a lasting one', async (origin, secure) => {
    const { server, code } = createShop()
    const fields = { client_id: CLIENT, grant_type: 'authorization_code', code: await code() }
    const response = await server.fetch(`${origin}/user_management/authenticate`, {
      method: 'POST',
      body: JSON.stringify({
        ...fields,
        code_verifier: VERIFIER,
      }),
    })
    const attributes = `Path=/; SameSite=Lax; ${secure}Max-Age=34560000`
    const token = server.requests.at(-1)?.returned
    expect(response.headers.getSetCookie()).toEqual([
      `workos-refresh-token-${CLIENT}=${token}; ${attributes}; HttpOnly`,
      `workos-has-session=${CLIENT}; ${attributes}`,
    ])
  })

  it('refreshes by the cookie alone, and rotates it', async () => {
    const { signInHere, refreshHere, server } = createShop()
    await signInHere()
    const first = server.requests.at(-1)?.returned
    expect(said(await refreshHere())).toBe('200')
    const second = server.requests.at(-1)
    expect(second?.presented).toBe(first)
    expect(second?.returned).not.toBe(first)
    expect(said(await refreshHere())).toBe('200')
    expect(server.requests.at(-1)?.presented).toBe(second?.returned)
    expect(server.sessions()).toHaveLength(1)
  })

  it('switches organization by the cookie', async () => {
    const { signInHere, refreshHere } = createShop()
    await signInHere()
    const { body } = await refreshHere({ organization_id: 'org_b' })
    expect(body.organization_id).toBe('org_b')
  })

  it.each([
    ['without credentials', { credentials: 'same-origin' }, {}],
    ['with a null for a token and no cookie', { credentials: 'omit' }, { refresh_token: null }],
  ] as const)('is refused %s, as WorkOS does', async (_, init, fields) => {
    const { signInHere, refreshHere } = createShop()
    await signInHere()
    const answer = await refreshHere(fields, init)
    expect(said(answer)).toBe('400 error:invalid_request')
    expect(answer.body.error_description).toBe('Missing refresh token.')
  })

  it('is given no cookie where it asks without credentials', async () => {
    const { signInHere, browser } = createShop()
    expect(said(await signInHere(CLIENT, { credentials: 'omit' }))).toBe('200')
    expect(browser.cookies()).toBe('')
  })

  it('has nothing left when the person clears the cookies', async () => {
    const { signInHere, refreshHere, browser } = createShop()
    await signInHere()
    browser.clearCookies()
    expect(browser.cookies()).toBe('')
    expect(said(await refreshHere())).toBe('400 error:invalid_request')
  })

  it('shares no cookie with another browser', async () => {
    const { signInHere, server, send } = createShop()
    await signInHere()
    const body = JSON.stringify({ client_id: CLIENT, grant_type: 'refresh_token' })
    const init: RequestInit = { method: 'POST', body, credentials: 'include' }
    const other = server.browser()
    expect((await send('/user_management/authenticate', init, other.fetch)).status).toBe(400)
    expect(other.cookies()).toBe('')
  })

  it('loses the rotated cookie with a lost answer, and has the replay grace for that', async () => {
    const { signInHere, refreshHere, server } = createShop()
    await signInHere()
    server.fail({ type: 'lose-response' })
    await expect(refreshHere()).rejects.toBeInstanceOf(TypeError)
    expect(said(await refreshHere())).toBe('200')
    expect(said(await refreshHere())).toBe('200')
  })

  it('stays apart from others of the same domain, and leaves alone', async () => {
    const { signInHere, refreshHere, browser, server, send } = createShop()
    await signInHere()
    await signInHere('client_2')
    expect(browser.cookies()).toBe(`workos-has-session=${CLIENT}.client_2`)
    const { id = '' } = server.sessions().find(({ clientId }) => clientId === CLIENT) ?? {}
    const path = `/user_management/sessions/logout?session_id=${id}`
    const { status } = await send(path, { credentials: 'include' }, browser.fetch)
    expect(status).toBe(302)
    expect(browser.cookies()).toBe('workos-has-session=client_2')
    expect(said(await refreshHere())).toBe('400 error:invalid_request')
    expect(said(await refreshHere({ client_id: 'client_2' }))).toBe('200')
  })

  it('leaves no mark when the last one has left', async () => {
    const { signInHere, browser, sessionId, send } = createShop()
    await signInHere()
    const path = `/user_management/sessions/logout?session_id=${sessionId()}`
    await send(path, { credentials: 'include' }, browser.fetch)
    expect(browser.cookies()).toBe('')
  })

  it('that shows its secret is a server, and gets the token in the body', async () => {
    const { password } = createShop()
    const { body, headers } = await password({ client_secret: SECRET })
    expect(body).toHaveProperty('refresh_token')
    expect(headers.getSetCookie()).toEqual([])
  })
})

describe('a client without cookies', () => {
  it('is set none, and a cookie signs nobody in', async () => {
    const desk = createDesk()
    const { headers, body } = await desk.exchange(await desk.code())
    expect(headers.getSetCookie()).toEqual([])
    const cookie = `workos-refresh-token-${CLIENT}=${body.refresh_token}`
    const answer = await desk.authenticate({ grant_type: 'refresh_token' }, { headers: { cookie } })
    expect(said(answer)).toBe('400 error:invalid_request')
  })
})

import { describe, expect, it } from 'vitest'
import type { GrantedSignIn } from '../../../src/server/index.js'
import { createJar } from '../backend/backend-world.js'
import { APP, CALLBACK, createGotrueServerWorld, URL_OF_GOTRUE } from './gotrue-server-world.js'

describe('a sign-in by another provider', () => {
  it('asks with a proof and a state, comes back, and is a session', async () => {
    const { begin, follow, whoIs } = createGotrueServerWorld()
    const { asked, back } = await begin('?provider=github&returnTo=/home&loginHint=ada@example.com')
    expect(asked.href.startsWith(`${URL_OF_GOTRUE}/authorize?`)).toBe(true)
    const query = Object.fromEntries(asked.searchParams)
    expect(query).toEqual({
      provider: 'github',
      login_hint: 'ada@example.com',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 's256',
      redirect_to: `${CALLBACK}?state=${query.code_challenge}`,
    })
    const answer = await follow(back)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${APP}/home`])
    expect(await whoIs()).toBe('ada@example.com')
  })

  it('goes where the server was told, when nobody names a provider', async () => {
    const { begin } = createGotrueServerWorld({ gotrue: { provider: 'google' } })
    expect((await begin('')).asked.searchParams.get('provider')).toBe('google')
  })

  it('says that it wants a provider, where there is none', async () => {
    const { send } = createGotrueServerWorld()
    const answer = await send('/auth/sign-in')
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining('`provider`'),
    })
  })

  it('tells the app once of the other provider’s tokens, which no cookie keeps', async () => {
    const told: unknown[] = []
    const onSignIn = ({ session: { extras } }: GrantedSignIn) => void told.push(extras)
    const { begin, follow, call } = createGotrueServerWorld({ backend: { onSignIn } })
    await follow((await begin()).back)
    expect(told).toEqual([expect.objectContaining({ provider_token: expect.any(String) })])
    expect(await (await call('/auth/session')).text()).not.toContain('provider_token')
  })

  it('that was refused says so in GoTrue’s words', async () => {
    const { begin, follow, scripted } = createGotrueServerWorld()
    scripted.denyNextAuthorize()
    const { back } = await begin()
    const answer = await follow(back)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({
      code: 'rejected',
      message: 'The address says: “The person said no”',
    })
  })

  it.each([
    ['server_error', 'identity_already_exists', 400, 'The address says: “Said.”'],
    ['server_error', 'unexpected_failure', 503, 'The server cannot answer now.'],
    ['server_error', '500', 503, 'The server cannot answer now.'],
    ['temporarily_unavailable', null, 503, 'The server cannot answer now.'],
  ])('quotes a refusal and no failure: %s, %s', async (error, code, status, message) => {
    const { begin, follow } = createGotrueServerWorld()
    const { back } = await begin()
    back.searchParams.delete('code')
    back.searchParams.set('error', error)
    if (code) back.searchParams.set('error_code', code)
    back.searchParams.set('error_description', 'Said.')
    const answer = await follow(back)
    expect([answer.status, (await answer.json()).message]).toEqual([status, message])
  })

  it('survives an outage: the same address finishes it later', async () => {
    const { begin, follow, scripted, whoIs } = createGotrueServerWorld()
    const { back } = await begin()
    scripted.fail({ type: 'status', status: 503 })
    expect((await follow(back)).status).toBe(503)
    expect((await follow(back)).status).toBe(303)
    expect(await whoIs()).not.toBeNull()
  })
})

describe('a callback that is an attack', () => {
  it('was begun in another browser (login CSRF): nobody is signed in, and no code is spent', async () => {
    const { begin, follow, whoIs, now, scripted } = createGotrueServerWorld({
      gotrue: { provider: 'github' },
    })
    const { back } = await begin()
    const victim = createJar(now)
    const answer = await follow(back, {}, victim)
    expect(answer.headers.get('location')).toBe(`${APP}/auth/sign-in?again=1`)
    expect(await whoIs(victim)).toBeNull()
    expect(scripted.count('pkce')).toBe(0)
  })

  it('has the code of another sign-in: the proof does not fit', async () => {
    const { begin, follow, whoIs } = createGotrueServerWorld()
    const mallory = await begin()
    const { back } = await begin()
    const code = mallory.back.searchParams.get('code')
    const answer = await follow(back, { code })
    expect(await answer.json()).toMatchObject({ code: 'invalid_credentials' })
    expect(await whoIs()).toBeNull()
  })

  it('that this browser did not begin ends in words, where the way to begin is not known', async () => {
    const { follow, send } = createGotrueServerWorld()
    const lost = await follow(`${CALLBACK}?code=7f3c&state=${'x'.repeat(43)}`)
    const { pathname, search } = new URL(lost.headers.get('location') ?? '')
    const answer = await send(`${pathname}${search}`)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'invalid_credentials' })
  })
})

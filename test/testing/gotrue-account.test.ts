import { describe, expect, it } from 'vitest'
import type { ScriptedGoTrueOptions } from '../../src/testing/gotrue/index.js'
import { type Answer, createDesk, said } from './gotrue-desk.js'

const ADA = { email: 'ada@example.com', password: 'correct horse' }

/** Somebody signed in on three devices, and a stranger. */
async function house(options: ScriptedGoTrueOptions = {}) {
  const bob = { email: 'bob@example.com', password: 'bobs secret' }
  const desk = createDesk({ ...options, users: [ADA, bob] })
  const devices = [await desk.signIn(), await desk.signIn(), await desk.signIn()]
  const stranger = await desk.post('/token?grant_type=password', bob)
  const access = [...devices.map((device) => device.access), String(stranger.body.access_token)]
  const [mine = ''] = access
  const authorization = `Bearer ${mine}`
  return {
    ...desk,
    logout: (scope: string): Promise<Answer> => desk.post(`/logout${scope}`, {}, { authorization }),
    update: (body: object): Promise<Answer> =>
      desk.send('/user', { method: 'PUT', body: JSON.stringify(body), headers: { authorization } }),
    /** Which of the four still have a session. */
    alive: async (): Promise<readonly boolean[]> =>
      (await Promise.all(access.map(desk.user))).map(({ status }) => status === 200),
  }
}

describe('signing out', () => {
  it.each([
    ['', [false, false, false, true]],
    ['?scope=global', [false, false, false, true]],
    ['?scope=local', [false, true, true, true]],
    ['?scope=others', [true, false, false, true]],
  ])('with "%s" ends the right sessions', async (scope, left) => {
    const { logout, alive } = await house()
    expect((await logout(scope)).status).toBe(204)
    expect(await alive()).toEqual(left)
  })

  it('refuses a scope it does not know, and ends nothing', async () => {
    const { logout, alive } = await house()
    expect(said(await logout('?scope=everything'))).toBe('400 validation_failed')
    expect(await alive()).toEqual([true, true, true, true])
  })

  it('needs a session', async () => {
    const { logout, post } = await house()
    await logout('?scope=local')
    expect(said(await logout('?scope=local'))).toBe('403 session_not_found')
    expect(said(await post('/logout', {}))).toBe('401 no_authorization')
  })
})

describe('updating a user', () => {
  it('merges data, and removes what is null', async () => {
    const { update } = await house()
    await update({ data: { name: 'Ada', theme: 'dark' } })
    const { body } = await update({ data: { theme: null, lang: 'en' } })
    expect(body.user_metadata).toEqual({ email_verified: true, name: 'Ada', lang: 'en' })
  })

  it('ends the other sessions when the password changes', async () => {
    const { update, alive, post } = await house()
    expect((await update({ password: 'a new horse' })).status).toBe(200)
    expect(await alive()).toEqual([true, false, false, true])
    expect(said(await post('/token?grant_type=password', ADA))).toBe('400 invalid_credentials')
  })

  it.each([
    ['422 weak_password', { password: '12345' }],
    ['422 same_password', { password: ADA.password }],
    ['422 email_exists', { email: 'BOB@example.com' }],
    ['400 validation_failed', { email: 'ada' }],
    ['400 validation_failed', { phone: 'ada' }],
  ])('answers %s to %o', async (says, body) => {
    const { update, alive } = await house()
    expect(said(await update(body))).toBe(says)
    expect(await alive()).toEqual([true, true, true, true])
  })

  it('changes an address when both its owners have confirmed it, with autoconfirm too', async () => {
    const { update, post, server } = await house()
    const { body } = await update({ email: 'new@example.com' })
    expect(body).toMatchObject({ email: ADA.email, new_email: 'new@example.com' })
    expect(server.messages).toMatchObject([
      { to: ADA.email, type: 'email_change' },
      { to: 'new@example.com', type: 'email_change' },
    ])
    const [first, second] = server.messages.map(({ to, code }) => ({
      type: 'email_change',
      email: to,
      token: code,
    }))
    expect((await post('/verify', first)).body).toMatchObject({ code: '200' })
    expect((await post('/verify', second)).body.user).toMatchObject({ email: 'new@example.com' })
  })

  it('changes an address when its new owner has confirmed it, where that is enough', async () => {
    const { update, post, server } = await house({ secureEmailChange: false })
    await update({ email: 'new@example.com' })
    const [message, ...others] = server.messages
    expect(others).toEqual([])
    const proof = { type: 'email_change', email: 'new@example.com', token: message?.code }
    const verified = await post('/verify', proof)
    expect(verified.body.user).toMatchObject({ email: 'new@example.com' })
  })

  it('forgets an address that was wanted before, and what was sent for it', async () => {
    const { update, post, server } = await house({ secureEmailChange: false })
    await update({ email: 'first@example.com' })
    await update({ email: 'second@example.com' })
    const [first] = server.messages
    const proof = { type: 'email_change', email: 'first@example.com', token: first?.code }
    expect(said(await post('/verify', proof))).toBe('403 otp_expired')
  })
})

describe('the controls', () => {
  it('revoke one session, or all of one person', async () => {
    const { server, alive, sessionId, userId } = await house()
    server.endSession(sessionId())
    expect(await alive()).toEqual([false, true, true, true])
    server.endSessionsOf(userId())
    expect(await alive()).toEqual([false, false, false, true])
  })

  it('delete somebody, and nothing of theirs works any more', async () => {
    const { server, alive, userId, refresh, post } = await house()
    const { body } = await post('/token?grant_type=password', ADA)
    server.deleteUser(userId())
    expect(await alive()).toEqual([false, false, false, true])
    expect(said(await refresh(body.refresh_token))).toBe('400 refresh_token_not_found')
    expect(said(await post('/token?grant_type=password', ADA))).toBe('400 invalid_credentials')
  })

  it('shut the banned out of /user', async () => {
    const { server, alive, userId } = await house()
    server.ban(userId())
    expect(await alive()).toEqual([false, false, false, true])
  })
})

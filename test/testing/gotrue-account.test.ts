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
    expect(body.user_metadata).toEqual({ name: 'Ada', lang: 'en' })
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

  it('changes an address at once with autoconfirm', async () => {
    const { update } = await house()
    expect((await update({ email: 'new@example.com' })).body.email).toBe('new@example.com')
  })

  it('changes an address when its owner has confirmed it', async () => {
    const { update, post, server } = await house({ autoconfirm: false })
    const { body } = await update({ email: 'new@example.com' })
    expect(body).toMatchObject({ email: ADA.email, new_email: 'new@example.com' })
    const [message] = server.messages
    expect(message).toMatchObject({ to: 'new@example.com', type: 'email_change' })
    const proof = { type: 'email_change', email: 'new@example.com', token: message?.code }
    const verified = await post('/verify', proof)
    expect(verified.body.user).toMatchObject({ email: 'new@example.com' })
  })
})

describe('the controls', () => {
  it('revoke one session, or all of one person', async () => {
    const { server, alive, sessionId, userId } = await house()
    server.revokeSession(sessionId())
    expect(await alive()).toEqual([false, true, true, true])
    server.revokeUser(userId())
    expect(await alive()).toEqual([false, false, false, true])
  })

  it('shut the banned out of /user', async () => {
    const { server, alive, userId } = await house()
    server.ban(userId())
    expect(await alive()).toEqual([false, false, false, true])
  })
})

import { describe, expect, it } from 'vitest'
import { createDesk, said } from './gotrue-desk.js'

const SECOND = 1000
const USED = '400 refresh_token_already_used'

describe('v1 rotation', () => {
  it('gives a new token of twelve letters and digits for a live one', async () => {
    const { signIn, rotate } = createDesk()
    const first = (await signIn()).refresh
    const second = await rotate(first)
    expect(second).not.toBe(first)
    expect(second).toMatch(/^[a-z0-9]{12}$/)
  })

  it('returns the active token to its parent for ever', async () => {
    const { signIn, rotate, clock } = createDesk()
    const first = (await signIn()).refresh
    const second = await rotate(first)
    await clock.advance(30 * 24 * 3600 * SECOND)
    expect(await rotate(first)).toBe(second)
    expect(await rotate(first)).toBe(second)
  })

  it('issues a sibling to an older token up to the last moment of the reuse interval', async () => {
    const { signIn, rotate, clock } = createDesk()
    const first = (await signIn()).refresh
    const second = await rotate(first)
    const third = await rotate(second)
    await clock.advance(10 * SECOND)
    const sibling = await rotate(first)
    expect([second, third]).not.toContain(sibling)
    await rotate(third)
    await rotate(sibling)
  })

  it('starts the interval again with every sibling', async () => {
    const { signIn, rotate, clock } = createDesk()
    const first = (await signIn()).refresh
    await rotate(await rotate(first))
    await clock.advance(9 * SECOND)
    await rotate(first)
    const active = await rotate(first)
    await rotate(active)
    await clock.advance(9 * SECOND)
    await rotate(first)
  })

  it('revokes the family when an older token comes after the interval', async () => {
    const { signIn, rotate, refresh, clock } = createDesk({ reuseInterval: 10_000 })
    const first = (await signIn()).refresh
    const third = await rotate(await rotate(first))
    await clock.advance(10 * SECOND + 1)
    expect(said(await refresh(first))).toBe(USED)
    await clock.advance(10 * SECOND + 1)
    expect(said(await refresh(third))).toBe(USED)
  })

  it('keeps the quirk: a revoked family can be refreshed again within the interval', async () => {
    const { signIn, rotate, refresh, user, clock } = createDesk()
    const { refresh: first, access } = await signIn()
    const third = await rotate(await rotate(first))
    await clock.advance(10 * SECOND + 1)
    expect(said(await refresh(first))).toBe(USED)
    expect(said(await user(access))).toBe('200 ok')
    await clock.advance(10 * SECOND)
    await rotate(third)
  })

  it('lets only one of two simultaneous requests rotate; the other gets the same token', async () => {
    const { signIn, rotate, server } = createDesk()
    const { refresh: first } = await signIn()
    const [one, two] = await Promise.all([rotate(first), rotate(first)])
    expect(one).toBe(two)
    expect(server.count('refresh_token')).toBe(2)
  })
})

describe('v2 rotation', () => {
  const counterOf = (token: string): number | undefined =>
    Buffer.from(token, 'base64url').subarray(17)[0]

  it('issues tokens with session id, counter and a checksum that anybody can check', async () => {
    const { signIn, rotate, sessionId } = createDesk({ rotation: 'v2' })
    const { refresh: first } = await signIn()
    const raw = Buffer.from(first, 'base64url')
    expect(first.length).toBeGreaterThanOrEqual(51)
    expect(raw[0]).toBe(0)
    expect(raw.subarray(1, 17).toString('hex')).toBe(sessionId().replaceAll('-', ''))
    const sum = await crypto.subtle.digest('SHA-256', raw.subarray(0, -4))
    expect(Buffer.from(sum).subarray(0, 4)).toEqual(raw.subarray(-4))
    expect(counterOf(first)).toBe(0)
    expect(counterOf(await rotate(first))).toBe(1)
  })

  it('returns the current token to the one before it for ever', async () => {
    const { signIn, rotate, clock } = createDesk({ rotation: 'v2' })
    const { refresh: first } = await signIn()
    const second = await rotate(first)
    await clock.advance(3600 * SECOND)
    expect(await rotate(first)).toBe(second)
  })

  it('returns the current token to older ones only within the interval', async () => {
    const { signIn, rotate, refresh, clock } = createDesk({ rotation: 'v2' })
    const { refresh: first } = await signIn()
    const third = await rotate(await rotate(first))
    await clock.advance(10 * SECOND - 1)
    expect(await rotate(first)).toBe(third)
    await clock.advance(10 * SECOND - 1)
    expect(await rotate(first)).toBe(third)
    await clock.advance(10 * SECOND)
    expect(said(await refresh(first))).toBe(USED)
  })

  it('deletes the session on reuse, so that its access tokens die too', async () => {
    const { signIn, rotate, refresh, user, clock } = createDesk({ rotation: 'v2' })
    const { refresh: first, access } = await signIn()
    const third = await rotate(await rotate(first))
    await clock.advance(10 * SECOND)
    expect(said(await refresh(first))).toBe(USED)
    expect(said(await user(access))).toBe('403 session_not_found')
    expect(said(await refresh(third))).toBe('400 refresh_token_not_found')
  })

  it('refuses a damaged token, and one signed with another key', async () => {
    const { signIn, refresh } = createDesk({ rotation: 'v2' })
    const { refresh: token } = await signIn()
    const damaged = (token.startsWith('AB') ? 'AC' : 'AB') + token.slice(2)
    expect(said(await refresh(damaged))).toBe('400 validation_failed')
    const forged = Buffer.from(token, 'base64url')
    forged[20] = (forged[20] ?? 0) ^ 1
    const sum = Buffer.from(await crypto.subtle.digest('SHA-256', forged.subarray(0, -4)))
    sum.copy(forged, forged.length - 4, 0, 4)
    expect(said(await refresh(forged.toString('base64url')))).toBe('400 refresh_token_not_found')
  })

  it('counts past one byte', async () => {
    const { signIn, rotate } = createDesk({ rotation: 'v2', signing: 'digest' })
    let { refresh: token } = await signIn()
    for (let i = 0; i < 130; i++) token = await rotate(token)
    expect([...Buffer.from(token, 'base64url').subarray(17, 19)]).toEqual([0x82, 0x01])
  })

  it('converges simultaneous requests on one token', async () => {
    const { signIn, rotate } = createDesk({ rotation: 'v2' })
    const { refresh: first } = await signIn()
    const tokens = await Promise.all([first, first, first].map(rotate))
    expect(new Set(tokens).size).toBe(1)
    expect(counterOf(tokens[0] ?? '')).toBe(1)
  })
})

describe('strict rotation', () => {
  it('ends the family at the first reuse, however soon', async () => {
    const { signIn, rotate, refresh, user } = createDesk({ rotation: 'strict' })
    const { refresh: first, access } = await signIn()
    const second = await rotate(first)
    expect(said(await refresh(first))).toBe(USED)
    expect((await refresh(second)).status).toBe(400)
    expect(said(await user(access))).toBe('403 session_not_found')
  })

  it('leaves other sessions of the same person alone', async () => {
    const { signIn, rotate, refresh } = createDesk({ rotation: 'strict' })
    const { refresh: mine } = await signIn()
    const { refresh: other } = await signIn()
    await rotate(mine)
    expect(said(await refresh(mine))).toBe(USED)
    await rotate(other)
  })
})

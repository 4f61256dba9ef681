import { describe, expect, it, vi } from 'vitest'
import type { Grant } from '../../../src/core/session.js'
import { AuthError } from '../../../src/index.js'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import { PATIENT } from '../../support/patient.js'
import { jwt } from '../../support/wire.js'
import {
  answering,
  createStage,
  FIRST,
  OTHER,
  opened,
  START,
  success,
} from './sealed-sessions-stage.js'

describe('a token that was spent is never lost', () => {
  const { user } = FIRST

  it('when the access token that came with its successor cannot be read', async () => {
    const next = jwt({ sub: 'user_1', jti: 'next' })
    const { sent, session } = await answering([
      { accessToken: 'opaque', refreshToken: 'second' },
      { accessToken: next, refreshToken: 'third' },
    ])
    const result = await session.refreshSession({ password: OTHER })
    expect(result).toMatchObject({ reason: 'server_error', retryable: true })
    expect(await opened(result.sealed, OTHER)).toEqual({
      accessToken: FIRST.accessToken,
      refreshToken: 'second',
      user,
      startedAt: expect.any(Number),
    })
    expect(success(await session.refreshSession()).session.accessToken).toBe(next)
    expect(sent).toEqual(['first', 'second'])
  })

  it('when two grants within a second have one access token, as GoTrue’s with a shared secret', async () => {
    const iat = START / 1000
    const accessToken = jwt({ sub: 'user_1', sid: 'session_1', iat, exp: iat + 3600 })
    const { session } = await answering([
      { accessToken, refreshToken: 'second' },
      { accessToken, refreshToken: 'third' },
    ])
    expect(success(await session.refreshSession()).session.refreshToken).toBe('second')
    expect(success(await session.refreshSession()).session).toMatchObject({
      accessToken,
      refreshToken: 'third',
    })
  })

  it.each<[string, Partial<Grant>]>([
    ['the answer describes', { user: { id: 'user_2' }, refreshToken: 'second' }],
    ['the token is of', { accessToken: jwt({ sub: 'user_2' }), refreshToken: 'second' }],
  ])('but nothing is made of it when %s another person, which is told of', async (_, answer) => {
    const heard: unknown[] = []
    const onSecurityEvent = ({ type }: { readonly type: string }) => heard.push(type)
    const { session } = await answering([answer], { onSecurityEvent })
    const result = await session.refreshSession()
    expect(result).toEqual({
      signedIn: false,
      retryable: false,
      reason: 'invalid_grant',
      error: expect.objectContaining({ message: 'The answer is the session of another person.' }),
    })
    expect(heard).toEqual(['refresh-refused'])
  })

  it('nor is anything made of what another request got, when it is of another person', async () => {
    const text = JSON.stringify({ ...FIRST, user: { id: 'user_2' } })
    const once = async () => ({ text, startedAt: 0 })
    const { session } = await answering([], { coordinator: { ...memoryCoordinator(), once } })
    expect(await session.refreshSession()).toMatchObject({
      retryable: true,
      reason: 'server_error',
    })
  })

  it.each<[string, Partial<Grant> | Error | null, string]>([
    ['no session at all', null, 'server_error'],
    ['an error that may pass', new AuthError('storage', 'The disk is full.'), 'server_error'],
  ])('nor the cookie, for %s', async (_, answer, reason) => {
    const fine = { accessToken: jwt({ sub: 'user_1', jti: 'x' }) }
    const { sent, session, pass } = await answering([answer, fine])
    expect(await session.refreshSession()).toMatchObject({ reason, retryable: true })
    pass(1_000)
    expect(await session.refreshSession()).toMatchObject({ signedIn: true })
    expect(sent).toEqual(['first', 'first'])
  })

  it('also where the same token is good for ever: each refresh is one', async () => {
    const tokens = Array.from({ length: 4 }, (_, jti) => ({
      accessToken: jwt({ sub: 'user_1', jti }),
    }))
    const { sent, session } = await answering([...tokens])
    const got: unknown[] = []
    for (const fresh of [false, false, true, true]) {
      got.push(success(await session.refreshSession({ fresh })).session.accessToken)
    }
    expect(got).toEqual(tokens.map(({ accessToken }) => accessToken))
    expect(sent).toEqual(['first', 'first', 'first', 'first'])
  })
})

describe('an exchange', () => {
  it('ends after its time, and the cookie is as good as before', async () => {
    const { cookie, load, server, clock } = createStage()
    const sealed = await cookie()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      server.fail({ type: 'hang' })
      const waiting = load(sealed).refreshSession()
      await vi.waitUntil(() => server.count('refresh_token') === 1, PATIENT)
      await vi.advanceTimersByTimeAsync(10_000)
      expect(await waiting).toMatchObject({ retryable: true, reason: 'timeout' })
      clock.time += 10_000
      expect(await load(sealed).refreshSession()).toMatchObject({ signedIn: true })
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  it('ends also when the provider does not listen, which is told to stop', async () => {
    const told: { signal?: { readonly aborted: boolean } } = {}
    const { session } = await answering([], {
      requestTimeout: 1,
      refresh: (_, { signal }) => {
        told.signal = signal
        return new Promise(() => {})
      },
    })
    expect(await session.refreshSession()).toMatchObject({ retryable: true, reason: 'timeout' })
    expect(told.signal?.aborted).toBe(true)
  })
})

import { describe, expect, it } from 'vitest'
import { createRequestSessions } from '../../../src/server/index.js'
import { createOriginGuard } from '../../../src/server/requests/origin-guard.js'
import { createBackendWorld, PASSWORD } from '../backend/backend-world.js'

const REFUSED = expect.objectContaining({ code: 'invalid_argument' })

describe('a mistake in what sessions of requests are made of', () => {
  it.each<[string, unknown]>([
    ['no options', undefined],
    ['no sessions', { cookie: { password: PASSWORD } }],
    ['a text for sessions', { sessions: 'sealed', cookie: { password: PASSWORD } }],
    ['no cookie', { sessions: {} }],
    ['a text for a cookie', { sessions: {}, cookie: PASSWORD }],
  ])('is told at the start: %s', (_, options) => {
    expect(() => Reflect.apply(createRequestSessions, undefined, [options])).toThrow(REFUSED)
  })

  it.each<[string, unknown]>([
    ['a scope that is none', { scope: 'all' }],
    ['a parameter that is no text', { parameters: { state: 7 } }],
    ['parameters in a list', { parameters: ['state'] }],
  ])('of a sign-out is told before anything ends: %s', async (_, wanted) => {
    const { sessions, jar, signIn } = createBackendWorld()
    await signIn()
    const header = jar.header()
    const ended = Reflect.apply(sessions.signOut, undefined, [header, wanted])
    await expect(ended).rejects.toMatchObject({ code: 'invalid_argument' })
    expect((await sessions.getSession(header)).session).not.toBeNull()
  })

  it.each<[string, unknown]>([
    ['a text for a list of origins', { allowedOrigins: 'https://www.example' }],
    ['a host that is none', { origin: 'https://[' }],
    ['a host that is none, on the list', { allowedOrigins: ['https://['] }],
  ])('of the guard of origins is told at the start: %s', (_, options) => {
    expect(() => Reflect.apply(createOriginGuard, undefined, [options])).toThrow(REFUSED)
  })
})

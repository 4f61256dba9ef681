import type { ErrorRequestHandler } from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import {
  createExpressSuperTokens,
  type ExpressSuperTokensOptions,
} from '../../src/express/index.js'
import { createSuperTokens } from '../../src/server/supertokens/supertokens.js'
import type { SuperTokensOptions } from '../../src/server/supertokens/types.js'
import { createSuperTokensSessions } from '../../src/server/supertokens/web/index.js'
import { createScriptedSuperTokensCore } from '../../src/testing/supertokens/index.js'
import type { NodeServer } from '../support/node-server.js'
import { type Answer, ask, MAJORS, serve } from './stage.js'

const servers: NodeServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

const TODAY = ['2.21', '3.0', '4.0', '5.0', '5.4']
const FORMER = ['1.0', '2.0', '2.3']
const MINUTE = 60_000

/** A browser: cookies by name and path, and the headers that front ends keep. */
function createBrowser(origin: string, mode: 'cookie' | 'header') {
  const jar = new Map<string, { path: string; pair: string }>()
  const kept: Record<string, string> = {}
  function take(answer: Answer): Answer {
    for (const line of answer.setCookies) {
      const [pair = '', ...attributes] = line.split('; ')
      const path = attributes.find((one) => one.startsWith('Path='))?.slice(5) ?? '/'
      const name = pair.split('=')[0] ?? ''
      jar.set(name, { path, pair })
      if (pair.endsWith('=')) jar.delete(name)
    }
    for (const name of ['st-access-token', 'st-refresh-token', 'front-token', 'anti-csrf']) {
      const value = answer.headers[name]
      if (value !== undefined) kept[name] = String(value)
    }
    return answer
  }
  async function call(method: string, path: string): Promise<Answer> {
    const sent = [...jar.values()].filter((cookie) => path.startsWith(cookie.path))
    const cookie = sent.map(({ pair }) => pair).join('; ')
    const token = kept[path.endsWith('/refresh') ? 'st-refresh-token' : 'st-access-token']
    const headers = {
      rid: 'session',
      'st-auth-mode': mode,
      ...(cookie && { cookie }),
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(kept['anti-csrf'] && { 'anti-csrf': kept['anti-csrf'] }),
    }
    return take(await ask(origin, path, { method, headers }))
  }
  return {
    jar,
    kept,
    get: (path: string) => call('GET', path),
    post: (path: string) => call('POST', path),
    copy: () => {
      const thief = createBrowser(origin, mode)
      for (const [name, cookie] of jar) thief.jar.set(name, cookie)
      Object.assign(thief.kept, kept)
      return thief
    },
  }
}

interface World extends Partial<SuperTokensOptions> {
  readonly versions?: readonly string[]
  readonly mode?: 'cookie' | 'header'
  readonly on?: ExpressSuperTokensOptions['on']
  /** @default Express 5 */
  readonly express?: typeof four
}

const [[, four], [, five]] = MAJORS
const ME = ['ada', { role: 'x' }]

async function open({
  versions = TODAY,
  mode = 'cookie',
  on,
  express = five,
  ...options
}: World = {}) {
  const clock = { time: Date.now(), now: () => clock.time }
  const core = createScriptedSuperTokensCore({ versions, clock })
  const superTokens = createSuperTokens({
    hosts: 'http://localhost:3567',
    fetch: core.fetch,
    now: clock.now,
    // A machine that has much else to do takes longer than an app would wait.
    requestTimeout: 60 * MINUTE,
    ...options,
    cookies: { refreshTokenPath: '/auth/session/refresh', ...options.cookies },
  })
  const sessions = createSuperTokensSessions({ superTokens, now: clock.now })
  const auth = createExpressSuperTokens({ sessions, on })
  const app = express()
  app.use(auth.middleware)
  app.post('/login', (request, response, next) => {
    const began = auth.createNewSession(response, 'ada', { jwtPayload: { role: 'x' }, request })
    began.then(() => response.json({}), next)
  })
  app.get('/me', auth.verifySession(), (request, response) => {
    response.json([auth.sessionOf(request).getUserId(), auth.sessionOf(request).getJWTPayload()])
  })
  app.get('/fresh', auth.verifySession({ checkDatabase: true }), (_request, response) => {
    response.json({})
  })
  app.use(auth.errorHandler)
  const last: ErrorRequestHandler = (error, _request, response, _next) => {
    response.status(500).json(String(error.code))
  }
  app.use(last)
  const server = await serve(app)
  servers.push(server)
  return { core, clock, browser: createBrowser(server.origin, mode) }
}

describe('an app on Express in front of a core', () => {
  it.each([
    ['today', 5, TODAY, 'cookie', 'NONE'],
    ['today', 4, TODAY, 'cookie', 'NONE'],
    ['today', 5, TODAY, 'header', 'NONE'],
    ['today', 5, TODAY, 'cookie', 'VIA_TOKEN'],
    ['today', 4, TODAY, 'cookie', 'VIA_CUSTOM_HEADER'],
    ['before 2.21', 5, FORMER, 'cookie', 'NONE'],
    ['of 1.0', 4, ['1.0'], 'cookie', 'NONE'],
  ] as const)('signs in, refreshes and signs out: %s, Express %i', async (...row) => {
    const [, major, versions, mode, antiCsrf] = row
    const express = major === 4 ? four : five
    const { core, clock, browser } = await open({ express, versions, mode, antiCsrf })
    expect((await browser.get('/me')).status).toBe(401)
    expect((await browser.post('/login')).status).toBe(200)
    expect(browser.jar.size > 0).toBe(mode === 'cookie')
    expect((await browser.get('/me')).json()).toEqual(ME)
    for (let round = 0; round < 3; round += 1) {
      clock.time += 61 * MINUTE
      expect((await browser.get('/me')).json()).toEqual({ message: 'try refresh token' })
      expect((await browser.post('/auth/session/refresh')).text).toBe('{}')
      expect((await browser.get('/me')).json()).toEqual(ME)
    }
    expect((await browser.post('/auth/signout')).json()).toEqual({ status: 'OK' })
    expect(core.sessions()).toEqual([])
    expect(browser.jar.size).toBe(0)
    expect(browser.kept['front-token']).toBe('remove')
    expect((await browser.get('/me')).json()).toEqual({ message: 'unauthorised' })
  })

  /** Owner and thief have one session; the owner has gone on with it for two rounds. */
  async function steal(onTheft: 'revoke' | 'report', on?: World['on']) {
    const world = await open({ onTheft, on })
    const { browser: owner, clock } = world
    await owner.post('/login')
    const thief = owner.copy()
    for (let round = 0; round < 2; round += 1) {
      clock.time += 61 * MINUTE
      expect((await owner.post('/auth/session/refresh')).status).toBe(200)
      expect((await owner.get('/me')).json()).toEqual(ME)
    }
    clock.time += 61 * MINUTE
    return { ...world, owner, thief }
  }

  it('catches a thief, and ends the session for both', async () => {
    const heard: string[] = []
    const { owner, thief, core } = await steal('revoke', {
      tokenTheftDetected: ({ userId, sessionHandle }, _request, response) => {
        heard.push(userId, sessionHandle)
        response.statusCode = 401
        response.end()
      },
    })
    const [{ handle } = { handle: 'none' }] = core.sessions()
    expect((await thief.post('/auth/session/refresh')).status).toBe(401)
    expect(heard).toEqual(['ada', handle])
    expect(thief.jar.size).toBe(0)
    expect(core.sessions()).toEqual([])
    expect((await owner.post('/auth/session/refresh')).json()).toEqual({ message: 'unauthorised' })
    expect(owner.jar.size).toBe(0)
  })

  it('leaves the owner signed in where the app is only told of theft', async () => {
    const { owner, thief } = await steal('report')
    const caught = await thief.post('/auth/session/refresh')
    expect(caught.json()).toEqual({ message: 'token theft detected' })
    expect(thief.jar.size).toBe(0)
    expect((await owner.post('/auth/session/refresh')).status).toBe(200)
    expect((await owner.get('/me')).json()).toEqual(ME)
  })

  it('signs nobody out who refreshes twice at once', async () => {
    const { browser, clock, core } = await open()
    await browser.post('/login')
    clock.time += 61 * MINUTE
    const tab = browser.copy()
    const path = '/auth/session/refresh'
    await Promise.all([browser.post(path), tab.post(path)])
    expect(core.count('/session/refresh')).toBe(1)
    expect(browser.jar).toEqual(tab.jar)
    expect((await tab.get('/me')).json()).toEqual(ME)
    expect((await browser.get('/me')).json()).toEqual(ME)
  })

  it.each([
    ['is down', { type: 'drop' }],
    ['answers 500', { type: 'status', status: 500 }],
    ['answers a page', { type: 'html' }],
  ] as const)('clears no cookie while the core %s', async (_name, fault) => {
    const { browser, clock, core } = await open()
    await browser.post('/login')
    clock.time += 61 * MINUTE
    const before = new Map(browser.jar)
    core.fail(fault)
    const outage = await browser.post('/auth/session/refresh')
    expect([outage.status, outage.setCookies]).toEqual([503, []])
    expect((await browser.get('/fresh')).setCookies).toEqual([])
    expect(browser.jar).toEqual(before)
    core.heal()
    clock.time += MINUTE
    expect((await browser.post('/auth/session/refresh')).status).toBe(200)
    expect((await browser.get('/fresh')).status).toBe(200)
  })

  it('finds out that a session was ended elsewhere, where it is to look', async () => {
    const { browser, core } = await open()
    await browser.post('/login')
    for (const { handle } of core.sessions()) core.endSession(handle)
    expect((await browser.get('/me')).status).toBe(200)
    expect((await browser.get('/fresh')).json()).toEqual({ message: 'unauthorised' })
    expect(browser.jar.size).toBe(0)
  })

  it('takes nothing for a session that this core did not give', async () => {
    const here = await open()
    const there = await open()
    await there.browser.post('/login')
    for (const [name, cookie] of there.browser.jar) here.browser.jar.set(name, cookie)
    expect((await here.browser.get('/me')).json()).toEqual({ message: 'try refresh token' })
    const refused = await here.browser.post('/auth/session/refresh')
    expect([refused.status, refused.json()]).toEqual([401, { message: 'unauthorised' }])
    expect(here.browser.jar.size).toBe(0)
  })
})

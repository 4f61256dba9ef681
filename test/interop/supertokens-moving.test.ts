import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  corsHeaders,
  createSuperTokensSessions,
  type SuperTokensSessions,
} from '../../src/server/supertokens/index.js'
import { serve } from '../express/stage.js'
import type { NodeServer } from '../support/node-server.js'
import { ourApp, startOurs, startSdk, theirApp } from './supertokens-apps.js'
import { HOUR, LATER, makeCore, makeKeys, pass, serveCore, stopTime } from './supertokens-desk.js'
import { tampered } from './supertokens-stories.js'
import { createVisitor, type Mode, type Visitor } from './supertokens-visitor.js'

const load = createRequire(import.meta.url)
const core = makeCore()
const servers: NodeServer[] = []
let origins: Readonly<Record<'theirs' | 'ours', string>>

async function open(server: Promise<NodeServer>): Promise<string> {
  const opened = await server
  servers.push(opened)
  return opened.origin
}

beforeAll(async () => {
  stopTime()
  await makeKeys(core)
  const settings = { core: await open(serveCore(core)), antiCsrf: 'NONE' } as const
  origins = {
    theirs: await open(serve(theirApp(settings))),
    ours: await open(serve(ourApp(settings))),
  }
})
afterAll(async () => {
  vi.useRealTimers()
  await Promise.all(servers.map((server) => server.close()))
})

/** One front end, whose requests go to one side or the other. */
function createMover(mode: Mode) {
  const visitors = {
    theirs: createVisitor(origins.theirs, mode),
    ours: createVisitor(origins.ours, mode),
  }
  let side: keyof typeof visitors = 'theirs'
  return {
    /** From now on its requests go there. */
    to(next: keyof typeof visitors): Visitor {
      visitors[next].held = visitors[side].held
      side = next
      return visitors[next]
    },
  }
}

describe.each(['cookie', 'header'] as const)('a session of a front end, in a %s', (mode) => {
  it.each([
    ['theirs', 'ours'],
    ['ours', 'theirs'],
  ] as const)('that began on %s goes on, on %s and back', async (from, to) => {
    const mover = createMover(mode)
    await mover.to(from).signIn()
    for (const side of [to, from, to] as const) {
      expect((await mover.to(side).get()).text).toBe('{"user":"ada","role":"admin"}')
      pass(HOUR)
      expect((await mover.to(side).get()).status).toBe(401)
      pass(LATER)
      expect((await mover.to(side).refresh()).status).toBe(200)
      expect((await mover.to(side).post()).status).toBe(200)
    }
    expect((await mover.to(from).signOut()).status).toBe(200)
    expect(core.sessions()).toEqual([])
  })

  it.each([
    ['theirs', 'ours'],
    ['ours', 'theirs'],
  ] as const)('has on both what changed on %s, which %s reads', async (from, to) => {
    const mover = createMover(mode)
    await mover.to(from).signIn()
    await mover.to(from).post('/payload?update=theme')
    await mover.to(from).post('/readers')
    const { text, headers } = await mover.to(to).post('/payload?update=nothing')
    expect(text).toBe('{"role":"admin","theme":"dark"}')
    const told = JSON.parse(Buffer.from(String(headers['front-token']), 'base64').toString())
    expect(told.up['st-role']).toEqual({ v: ['reader'], t: expect.any(Number) })
    // What was fetched there is not fetched here.
    expect((await mover.to(to).post('/readers')).headers['front-token']).toBeUndefined()
    expect((await mover.to(to).post('/admins')).status).toBe(403)
    await mover.to(from).signOut()
  })
})

/** What a page that is rendered is told of a request by supertokens-node. */
interface Theirs {
  readonly accessTokenPayload: object | undefined
  readonly hasToken: boolean
  readonly error: unknown
}

describe('a page that is rendered on the server', () => {
  let theirs: (token: string | undefined) => Promise<string>
  let ours: (token: string | undefined) => Promise<string>
  beforeAll(async () => {
    const settings = { core: await open(serveCore(core)), antiCsrf: 'NONE' } as const
    startSdk(settings)
    const sdk: typeof import('supertokens-node/nextjs') = load('supertokens-node/nextjs')
    theirs = async (value) => {
      const cookies = value === undefined ? [] : [{ name: 'sAccessToken', value }]
      const found: Theirs = await sdk.getSSRSession(cookies)
      if (found.error) return 'error'
      if (found.accessTokenPayload) return 'signed-in'
      return found.hasToken ? 'try-refresh' : 'signed-out'
    }
    const sessions: SuperTokensSessions = createSuperTokensSessions({
      superTokens: startOurs(settings),
    })
    ours = async (value) => {
      const headers = new Headers(value === undefined ? {} : { Cookie: `sAccessToken=${value}` })
      try {
        return (await sessions.getSessionForRendering(headers)).status
      } catch {
        return 'error'
      }
    }
  })

  type Story = (visitor: Visitor) => string | undefined | Promise<string | undefined>
  type Row = readonly [
    title: string,
    story: Story,
    words: string,
    differs?: { readonly ours: string; readonly why: string },
  ]
  const rows: readonly Row[] = [
    ['of somebody', ({ held }) => held.access, 'signed-in'],
    ['of nobody', () => undefined, 'signed-out'],
    ['with an empty cookie', () => '', 'signed-out'],
    [
      'of an expired token',
      ({ held }) => {
        pass(HOUR)
        return held.access
      },
      'try-refresh',
    ],
    ['of a tampered token', ({ held }) => tampered(held.access), 'try-refresh'],
    [
      'of garbage',
      () => 'garbage',
      'try-refresh',
      { ours: 'signed-out', why: 'the APIs of both take it for nobody, and so must the page' },
    ],
    [
      'of a token of a refresh, which nobody has used yet',
      async (visitor) => {
        pass(LATER)
        await visitor.refresh()
        return visitor.held.access
      },
      'signed-in',
    ],
  ]
  it.each(rows.map((row) => [row[0], row] as const))('%s', async (_, row) => {
    const [, story, words, differs] = row
    const visitor = createVisitor(origins.ours, 'cookie')
    await visitor.signIn()
    const token = await story(visitor)
    core.clearLog()
    expect([await theirs(token), await ours(token)]).toEqual([words, differs?.ours ?? words])
    // Nothing was changed for it.
    expect(core.requests.filter(({ method }) => method !== 'GET')).toEqual([])
  })
})

it('CORS allows all that supertokens-node’s does', () => {
  startSdk({ core: 'http://localhost:3567', antiCsrf: 'NONE' })
  const { getAllCORSHeaders }: typeof import('supertokens-node') = load('supertokens-node')
  const { allowedHeaders } = corsHeaders()
  expect(getAllCORSHeaders().filter((name) => !allowedHeaders.includes(name))).toEqual([])
})

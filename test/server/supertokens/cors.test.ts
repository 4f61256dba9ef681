import { describe, expect, it } from 'vitest'
import {
  corsHeaders,
  createSuperTokensCors,
  type SuperTokensCorsOptions,
} from '../../../src/server/supertokens/web/cors.js'
import { openApp } from './claims-stage.js'

const WEB = 'https://www.example.test'
const EVIL = 'https://evil.test'
const API = 'https://api.example.test/orders'

const corsOf = (more: Partial<SuperTokensCorsOptions> = {}) =>
  createSuperTokensCors({ allowedOrigins: [WEB], ...more })

/** A browser that asks whether a page of an origin may ask. */
const preflightOf = (origin: string, more: Readonly<Record<string, string>> = {}) =>
  new Request(API, {
    method: 'OPTIONS',
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'rid,st-auth-mode',
      ...more,
    },
  })

const told = (answer: Response | Headers | null | undefined): Record<string, string> =>
  Object.fromEntries(answer instanceof Response ? answer.headers : (answer ?? []))

describe('a browser that asks whether a page of another origin may ask', () => {
  it('hears that it may, with cookies, and which headers', () => {
    const answer = corsOf().preflight(preflightOf(WEB))
    expect([answer?.status, told(answer)]).toEqual([
      204,
      {
        'access-control-allow-origin': WEB,
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'GET, HEAD, PUT, PATCH, POST, DELETE',
        'access-control-allow-headers': corsHeaders().allowedHeaders.join(', '),
        'access-control-max-age': '600',
        vary: 'Origin',
      },
    ])
  })

  it.each([
    EVIL,
    'null',
    'https://www.example.test.evil.test',
    `${WEB}:8443`,
    'http://www.example.test',
  ])('hears nothing of the kind for an origin that is not on the list: %s', (origin) => {
    const answer = corsOf().preflight(preflightOf(origin))
    expect([answer?.status, told(answer)]).toEqual([403, { vary: 'Origin' }])
  })

  it('is told apart from an OPTIONS of the app’s own', () => {
    const { preflight } = corsOf()
    const own = new Request(API, { method: 'OPTIONS', headers: { Origin: WEB } })
    expect(preflight(own)).toBeNull()
    expect(preflight(new Request(API, { headers: preflightOf(WEB).headers }))).toBeNull()
  })

  it('hears of the app’s own headers and methods too', () => {
    const cors = corsOf({
      allowedHeaders: ['x-request-id'],
      methods: ['GET', 'REPORT'],
      maxAge: 5_999,
    })
    const answer = told(cors.preflight(preflightOf(WEB)))
    expect(answer['access-control-allow-headers']).toMatch(/^rid, .*, x-request-id$/)
    expect(answer['access-control-allow-methods']).toBe('GET, REPORT')
    expect(answer['access-control-max-age']).toBe('5')
  })
})

describe('an answer to a page of another origin', () => {
  const asked = (origin?: string) => new Request(API, origin ? { headers: { Origin: origin } } : {})

  it('may be read by it, with the tokens that are in its headers', async () => {
    const handler = corsOf({ exposedHeaders: ['x-total'] }).wrap(() => Response.json({}))
    const answer = await handler(asked(WEB))
    expect(told(answer)).toMatchObject({
      'access-control-allow-origin': WEB,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': [...corsHeaders().exposedHeaders, 'x-total'].join(', '),
      vary: 'Origin',
    })
  })

  it.each([EVIL, undefined])(
    'says for no other that it may be read, but that it varies: %s',
    async (origin) => {
      const answer = await corsOf().wrap(() => new Response('text'))(asked(origin))
      expect(told(answer)).toEqual({
        'content-type': 'text/plain;charset=UTF-8',
        vary: 'Origin',
      })
    },
  )

  it('keeps what it varies by besides, and what others let pages read', async () => {
    const headers = { Vary: 'Cookie', 'Access-Control-Expose-Headers': 'x-mine, Front-Token' }
    const answer = await corsOf().wrap(() => new Response('', { headers }))(asked(WEB))
    expect(answer.headers.get('vary')).toBe('Cookie, Origin')
    const exposed = answer.headers.get('access-control-expose-headers')?.split(', ')
    expect(exposed?.filter((name) => /front-token/i.test(name))).toEqual(['Front-Token'])
    expect(exposed).toContain('x-mine')
  })

  it('that varies by everything does so by the origin', async () => {
    const answer = await corsOf().wrap(() => new Response('', { headers: { Vary: '*' } }))(
      asked(WEB),
    )
    expect(answer.headers.get('vary')).toBe('*')
  })

  it('is the same also where its headers cannot be changed', async () => {
    const answer = await corsOf().wrap(() => Response.redirect(API, 302))(asked(WEB))
    expect([answer.status, answer.headers.get('location')]).toEqual([302, API])
    expect(answer.headers.get('access-control-allow-origin')).toBe(WEB)
  })

  it('never says that everybody may', async () => {
    const headers = { 'Access-Control-Allow-Origin': '*' }
    const answer = await corsOf().wrap(() => new Response('', { headers }))(asked(WEB))
    expect(answer.headers.get('access-control-allow-origin')).toBe(WEB)
  })

  it('is not asked of the app where the browser only asks whether it may', async () => {
    const handler = corsOf().wrap(() => {
      throw new Error('The app was asked.')
    })
    expect((await handler(preflightOf(WEB))).status).toBe(204)
    await expect(handler(asked(WEB))).rejects.toThrow('The app was asked.')
  })

  it('lets a front end refresh there by all that it sends and reads', async () => {
    const { sessions, signIn } = await openApp({ allowedOrigins: [WEB] })
    const page = await signIn('header')
    const handler = corsOf().wrap(
      async (request) => (await sessions.handle(request)) ?? new Response(null, { status: 404 }),
    )
    const headers = {
      ...told(page.headers()),
      Origin: WEB,
      rid: 'session',
      'st-auth-mode': 'header',
    }
    const url = 'https://api.example.test/auth/signout'
    const answer = await handler(new Request(url, { method: 'POST', headers }))
    expect(answer.headers.get('front-token')).toBe('remove')
    const { allowedHeaders, exposedHeaders } = corsHeaders()
    expect(answer.headers.get('access-control-expose-headers')?.split(', ')).toEqual(
      expect.arrayContaining([...exposedHeaders]),
    )
    const sent = Object.keys(headers).map((name) => name.toLowerCase())
    expect(sent.filter((name) => !allowedHeaders.includes(name))).toEqual(['origin'])
  })
})

describe('settings of CORS', () => {
  it('are there', () => {
    expect(() => Reflect.apply(createSuperTokensCors, undefined, [])).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
  })

  it.each<readonly [string, object]>([
    ['every origin', { allowedOrigins: ['*'] }],
    ['a pattern', { allowedOrigins: ['https://*.example.test'] }],
    ['no origin', { allowedOrigins: ['null'] }],
    ['an address', { allowedOrigins: [`${WEB}/`] }],
    ['a text', { allowedOrigins: WEB }],
    ['nothing', { allowedOrigins: undefined }],
    ['a list of nothing', { allowedOrigins: [undefined] }],
    ['every header', { allowedHeaders: ['*'] }],
    ['a header of two lines', { exposedHeaders: ['x\r\ny'] }],
    ['a text of headers', { allowedHeaders: 'x-mine' }],
    ['a text of headers that are read', { exposedHeaders: 'x-mine' }],
    ['a text of methods', { methods: 'GET' }],
    ['nothing for headers', { allowedHeaders: null }],
    ['every method', { methods: ['*'] }],
    ['a time that is none', { maxAge: Number.NaN }],
  ])('that let in more than is known are refused: %s', (_, settings) => {
    expect(() => corsOf(settings)).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
  })
})

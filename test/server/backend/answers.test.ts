import { describe, expect, it } from 'vitest'
import {
  answer,
  redirect,
  refuse,
  showFrame,
  showPage,
  stream,
} from '../../../src/server/backend/answers.js'

const PROBLEM = { status: 503, code: 'unavailable', message: 'Later.' }
const APP = 'https://app.example'

describe('an answer of a backend', () => {
  it.each<[string, Response]>([
    ['an answer in JSON', answer({})],
    ['one with cookies', answer({}, ['a=1'])],
    ['a refusal', refuse(PROBLEM)],
    ['a redirect', redirect('/')],
    ['events', stream(new ReadableStream())],
    ['a frame', showFrame(APP, [])],
    ['a page', showPage('<p>', APP)],
  ])('is for no cache, no frame and no script: %s', (_, { headers }) => {
    expect(headers.get('Cache-Control')).toMatch(/^private, no-store/)
    expect(headers.get('Vary')).toBe('Cookie')
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(headers.get('Content-Security-Policy')).toMatch(/^default-src 'none'; base-uri 'none'/)
    expect(headers.get('Referrer-Policy')).toMatch(/^(no-referrer|same-origin)$/)
  })

  it('says when to come again, and by which methods, only where that is known', async () => {
    const plain = refuse(PROBLEM)
    expect([plain.status, await plain.json()]).toEqual([503, PROBLEM])
    expect([plain.headers.get('Retry-After'), plain.headers.get('Allow')]).toEqual([null, null])
    const full = refuse({ ...PROBLEM, retryAfter: 1_001, allow: ['GET', 'POST'] }, ['a=1'])
    expect(full.headers.get('Retry-After')).toBe('2')
    expect(full.headers.get('Allow')).toBe('GET, POST')
    expect(full.headers.getSetCookie()).toEqual(['a=1'])
  })

  it('of events is neither compressed nor held back on its way', () => {
    const { headers } = stream(new ReadableStream())
    expect(headers.get('Cache-Control')).toBe('private, no-store, no-transform')
    expect(headers.get('X-Accel-Buffering')).toBe('no')
  })

  it('in a frame is for pages of one origin, and a page with a form leads to the app', () => {
    const policyOf = ({ headers }: Response) => headers.get('Content-Security-Policy')
    expect(policyOf(showFrame(APP, []))).toBe(
      `default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors ${APP}`,
    )
    const page = showPage('<p>', APP)
    expect(policyOf(page)).toBe(
      `default-src 'none'; base-uri 'none'; form-action 'self' ${APP}; frame-ancestors 'none'`,
    )
    // Or its form would come from nowhere.
    expect(page.headers.get('Referrer-Policy')).toBe('same-origin')
    expect(refuse(PROBLEM).headers.get('Referrer-Policy')).toBe('no-referrer')
  })
})

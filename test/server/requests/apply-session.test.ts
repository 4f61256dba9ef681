import { describe, expect, it } from 'vitest'
import { AuthSessionMissingError } from '../../../src/core/errors.js'
import {
  answerHeadersOf,
  headersOf,
  putCookies,
} from '../../../src/server/requests/answer-headers.js'
import { applySession, keepFromCaches } from '../../../src/server/requests/apply-session.js'
import type { RequestSession } from '../../../src/server/requests/request-session-types.js'
import type { RefreshFailure } from '../../../src/server/sealed/results.js'

type Found = Pick<RequestSession, 'failure' | 'setCookies' | 'deviceOffer'>

const failed = (
  reason: 'no_session_cookie_provided' | 'invalid_session_cookie',
): RefreshFailure => ({
  signedIn: false,
  retryable: false,
  reason,
  error: new AuthSessionMissingError(),
})

const SIGNED_IN: Found = { failure: null, setCookies: [] }
const SET: Found = { failure: null, setCookies: ['a=1'] }
const NOBODY: Found = { failure: failed('no_session_cookie_provided'), setCookies: [] }
const REFUSED: Found = { failure: failed('invalid_session_cookie'), setCookies: [] }
const OFFER = { headers: { 'Secure-Session-Registration': '(ES256)' }, setCookies: ['wait=1'] }

/** A response of Node, as far as its headers go. */
function createNode(given: Readonly<Record<string, string | readonly string[]>>) {
  const headers = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]))
  const writes: string[] = []
  const response = {
    getHeader: (name: string) => headers.get(name.toLowerCase()),
    removeHeader: (name: string) => void headers.delete(name.toLowerCase()),
    setHeader(name: string, value: string | readonly string[]) {
      writes.push(name)
      headers.set(name.toLowerCase(), value)
    },
  }
  return { headers, writes, response }
}

describe('what came of the cookies of a request', () => {
  it.each<[string, Found, string | null, string | null]>([
    ['of somebody', SIGNED_IN, null, 'private, no-store'],
    ['of somebody, which says how long its browser may keep it', SIGNED_IN, 'private', 'private'],
    ['of somebody, which says that all may', SIGNED_IN, 'public', 'private, no-store'],
    ['that sets cookies', SET, 'private, max-age=60', 'private, no-store'],
    ['that sets cookies for nobody', { ...NOBODY, ...SET }, 'public', 'private, no-store'],
    [
      'that asks a browser to bind the session',
      { ...SIGNED_IN, deviceOffer: OFFER },
      'private',
      'private, no-store',
    ],
    ['to whom a session was refused', REFUSED, 'public', 'private, no-store'],
    ['of nobody', NOBODY, 'public, max-age=60', 'public, max-age=60'],
    ['of nobody, which says nothing', NOBODY, null, null],
  ])('keeps an answer out of caches: one %s', (_, found, before, after) => {
    for (const apply of [applySession, keepFromCaches]) {
      const headers = new Headers({ Vary: 'Accept', ...(before && { 'Cache-Control': before }) })
      apply(headersOf(headers), found)
      expect(headers.get('Cache-Control')).toBe(after)
      // Also where nobody asked: with a cookie it would have been another one.
      expect(headers.get('Vary')).toBe('Accept, Cookie')
    }
  })

  it('is put on the headers of the web and of Node, beside what others have set', () => {
    const found = { ...SET, deviceOffer: OFFER }
    const headers = new Headers({ 'Set-Cookie': 'own=1', Vary: 'Origin' })
    applySession(headers, found)
    expect(headers.getSetCookie()).toEqual(['own=1', 'a=1', 'wait=1'])
    expect(headers.get('Secure-Session-Registration')).toBe('(ES256)')
    const node = createNode({ 'Set-Cookie': 'own=1', Vary: ['Origin', 'Accept'] })
    applySession(answerHeadersOf(node.response), found)
    expect(Object.fromEntries(node.headers)).toEqual({
      'set-cookie': ['own=1', 'a=1', 'wait=1'],
      'secure-session-registration': '(ES256)',
      'cache-control': 'private, no-store',
      vary: 'Origin, Accept, Cookie',
    })
  })

  it('without an offer says nothing of devices, and without cookies sets none', () => {
    const headers = new Headers()
    applySession(headers, SIGNED_IN)
    expect([...headers.keys()]).toEqual(['cache-control', 'vary'])
    const { writes, response } = createNode({})
    putCookies(answerHeadersOf(response), [])
    expect(writes).toEqual([])
  })
})

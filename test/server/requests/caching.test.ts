import { describe, expect, it, vi } from 'vitest'
import { headersOf } from '../../../src/server/requests/answer-headers.js'
import {
  forbidStorage,
  keepPrivate,
  untilSent,
  varyByCookie,
} from '../../../src/server/requests/caching.js'

const KEPT_BY_NOBODY = 'private, no-store'

describe('an answer that is for one person', () => {
  it.each([
    'private',
    'PRIVATE',
    'private, max-age=60',
    ' max-age=60 ,\tprivate ',
    'private, no-cache="set-cookie"',
    'ext="a\\\\", private',
    'ext="public", private',
    'ext="a, s-maxage=1", private',
  ])('says itself how long its browser may keep it: %s', (own) => {
    const headers = new Headers({ 'Cache-Control': own })
    keepPrivate(headers)
    expect(headers.get('Cache-Control')).toBe(own.trim())
  })

  it.each([
    null,
    '',
    'max-age=60',
    'no-store',
    'public',
    'private, public',
    'private, s-maxage=60',
    // About one header, and not the answer (RFC 9111 §5.2.2.7).
    'private="x-name"',
    'no-cache="private"',
    'no-cache="a, private"',
    'ext="a\\", private"',
    'ext="a\\", private, b"',
    'ext=\\", private',
    'ext="a, private',
    'privateer',
  ])('is kept by nobody but that browser, whatever it says: %j', (own) => {
    const headers = new Headers(own === null ? {} : { 'Cache-Control': own })
    keepPrivate(headers)
    expect(headers.get('Cache-Control')).toBe(KEPT_BY_NOBODY)
  })

  it.each([
    'CDN-Cache-Control',
    'Surrogate-Control',
    'X-Accel-Expires',
    'Cloudflare-CDN-Cache-Control',
    'Vercel-CDN-Cache-Control',
    'Netlify-CDN-Cache-Control',
    'Akamai-Cache-Control',
    'Edge-Control',
    'Expires',
    'Pragma',
  ])('says nothing to shared caches by %s', (name) => {
    for (const keep of [keepPrivate, forbidStorage]) {
      const headers = new Headers({ 'Cache-Control': 'private', [name]: 'max-age=60' })
      keep(headers)
      expect(headers.has(name)).toBe(false)
    }
  })

  it('with cookies is kept by no browser either', () => {
    const headers = new Headers({ 'Cache-Control': 'private, max-age=60' })
    forbidStorage(headers)
    expect(headers.get('Cache-Control')).toBe(KEPT_BY_NOBODY)
  })

  it.each([
    [null, 'Cookie'],
    ['Origin', 'Origin, Cookie'],
    ['X-Cookie', 'X-Cookie, Cookie'],
    ['cookie', 'cookie'],
    ['Origin , COOKIE', 'Origin , COOKIE'],
    ['*', '*'],
    ['Origin, *', 'Origin, *'],
  ])('would have been another one by other cookies: %j is %j', (before, after) => {
    const headers = new Headers(before === null ? {} : { Vary: before })
    varyByCookie(headers)
    expect(headers.get('Vary')).toBe(after)
  })

  it('is looked at now, and again when it leaves', () => {
    const waiting: (() => void)[] = []
    const answer = {
      ...headersOf(new Headers()),
      beforeSent: (work: () => void) => void waiting.push(work),
    }
    const work = vi.fn()
    untilSent(answer, work)
    expect(work).toHaveBeenCalledTimes(1)
    for (const one of waiting) one()
    expect(work.mock.calls).toEqual([[answer], [answer]])
  })
})

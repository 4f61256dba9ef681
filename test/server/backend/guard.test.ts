import { describe, expect, it } from 'vitest'
import {
  answerPreflight,
  isOwnNavigation,
  refuseBackground,
  refuseStranger,
  share,
} from '../../../src/server/backend/guard.js'

const OWN = 'https://app.example'
const PAGES = 'https://pages.test'
/** A host of the site that the backend is of. */
const SIBLING = 'https://www.app.example'
const EVIL = 'https://evil.test'
const OLD = 'http://www.app.example'
const callers = { own: OWN, allowed: [PAGES, SIBLING, OLD] }

/** A request with the headers that are some. */
function asked(headers: Readonly<Record<string, string | null>>, method = 'GET'): Request {
  const some = Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== null)
  return new Request(`${OWN}/auth/session`, { method, headers: some })
}

describe('a request that acts for a session', () => {
  it.each([
    [null, null, true],
    [OWN, null, true],
    [PAGES, null, true],
    [EVIL, null, false],
    ['null', null, false],
    [null, 'same-origin', true],
    [null, 'none', false],
    [null, 'same-site', false],
    [null, 'cross-site', false],
    [PAGES, 'cross-site', true],
    [EVIL, 'cross-site', false],
    [OWN, 'same-site', false],
    // A proxy has changed the address that the backend is asked at; the browser knows the page’s.
    [EVIL, 'same-origin', true],
  ])('is one of a page of ours, by Origin %s and Sec-Fetch-Site %s: %s', (origin, site, ours) => {
    const headers = { Origin: origin, 'Sec-Fetch-Site': site }
    const guarded = asked({ ...headers, 'X-Holdfast': '1' })
    expect(refuseStranger(guarded, callers)?.status).toBe(ours ? undefined : 403)
    expect(refuseStranger(asked(headers), callers)?.status).toBe(403)
    expect(refuseStranger(asked({ ...headers, 'X-Holdfast': '0' }), callers)?.status).toBe(403)
  })
})

describe('a navigation to the sign-in', () => {
  it.each([
    [null, null, false],
    [`${OWN}/page`, null, true],
    [`${PAGES}/page`, null, true],
    [`${EVIL}/page`, null, false],
    ['about:blank', null, false],
    ['no address', null, false],
    [null, 'same-origin', true],
    [null, 'none', false],
    // From our page by way of another site: it would have said `same-origin` else.
    [`${OWN}/page`, 'cross-site', false],
    [`${OWN}/page`, 'same-site', false],
    [`${PAGES}/page`, 'cross-site', true],
    [`${PAGES}/page`, 'none', false],
    [`${EVIL}/page`, 'cross-site', false],
    [`${EVIL}/page`, 'same-site', false],
    // By another scheme it is another site.
    [`${OLD}/page`, 'cross-site', true],
    [`${SIBLING}/page`, 'same-site', true],
    [`${SIBLING}/page`, 'cross-site', false],
  ])('comes from a page of ours, by Referer %s and Sec-Fetch-Site %s: %s', (from, site, ours) => {
    const request = asked({ Referer: from, 'Sec-Fetch-Site': site })
    expect(isOwnNavigation(request, callers)).toBe(ours)
    // An app that lists its own origin too opens no door by it.
    expect(isOwnNavigation(request, { own: OWN, allowed: [...callers.allowed, OWN] })).toBe(ours)
  })

  it.each([
    [{}, undefined],
    [{ 'Sec-Fetch-Mode': 'navigate' }, undefined],
    [{ 'Sec-Fetch-Mode': 'cors' }, 403],
    [{ 'Sec-Fetch-Mode': 'no-cors' }, 403],
    [{ 'Sec-Purpose': 'prefetch' }, 503],
    [{ 'Sec-Purpose': 'prefetch;prerender', 'Sec-Fetch-Mode': 'navigate' }, 503],
    [{ Purpose: 'prefetch' }, 503],
    [{ 'X-Moz': 'Prefetch' }, 503],
    [{ 'X-Purpose': 'preview' }, 503],
    [{ 'Next-Router-Prefetch': '1' }, 503],
  ])('is refused unless somebody goes there: %j', (headers, status) => {
    expect(refuseBackground(asked(headers))?.status).toBe(status)
  })
})

describe('what pages of other origins may read', () => {
  it.each([
    [PAGES, PAGES],
    [SIBLING, SIBLING],
    [OWN, null],
    [EVIL, null],
    ['null', null],
    [null, null],
  ])('is an answer to those on the list, and no other: Origin %s', (origin, told) => {
    const { headers } = share(asked({ Origin: origin }), Response.json({}), callers)
    expect(headers.get('Access-Control-Allow-Origin')).toBe(told)
    expect(headers.get('Access-Control-Allow-Credentials')).toBe(told && 'true')
    expect(headers.get('Vary')).toBe('Origin')
    const alone = share(asked({ Origin: origin }), Response.json({}), { own: OWN, allowed: [] })
    expect(alone.headers.get('Access-Control-Allow-Origin')).toBeNull()
    expect(alone.headers.get('Vary')).toBeNull()
  })

  it('is asked for ahead by OPTIONS, and by nothing else', () => {
    const wanted = { Origin: PAGES, 'Access-Control-Request-Method': 'POST' }
    expect(answerPreflight(asked(wanted, 'GET'), callers)).toBeNull()
    expect(answerPreflight(asked({ Origin: PAGES }, 'OPTIONS'), callers)).toBeNull()
    const plain = answerPreflight(asked(wanted, 'OPTIONS'), callers)
    expect(plain?.headers.get('Access-Control-Allow-Methods')).toBe('POST')
    expect(plain?.headers.has('Access-Control-Allow-Headers')).toBe(false)
    const names = { 'Access-Control-Request-Headers': 'x-holdfast' }
    const named = answerPreflight(asked({ ...wanted, ...names }, 'OPTIONS'), callers)
    expect(named?.headers.get('Access-Control-Allow-Headers')).toBe('x-holdfast')
    const evil = answerPreflight(asked({ ...wanted, ...names, Origin: EVIL }, 'OPTIONS'), callers)
    expect(evil?.headers.has('Access-Control-Allow-Headers')).toBe(false)
    expect(evil?.headers.has('Access-Control-Allow-Methods')).toBe(false)
  })
})

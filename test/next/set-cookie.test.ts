import { describe, expect, it } from 'vitest'
import type { NextCookie, NextCookies } from '../../src/next/framework.js'
import { applyToRequest, cookieHeaderOf, setCookies } from '../../src/next/set-cookie.js'

const SEALED = 'Fe26.2*1*aB-_9*iv*text**salt*mac~2'

/** A store of Next with these cookies; tells what was set. */
function createStore(...cookies: readonly [string, string][]) {
  const set: NextCookie[] = []
  const store: NextCookies = {
    getAll: () => cookies.map(([name, value]) => ({ name, value })),
    set: (cookie) => set.push(cookie),
  }
  return { store, set }
}

describe('a cookie set through Next', () => {
  it('keeps its value and every attribute', () => {
    const { store, set } = createStore()
    setCookies(store, [
      `__Host-a=${SEALED}; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=lax`,
      'b=1; Path=/deep; Domain=app.example; Max-Age=1; HttpOnly; SameSite=strict',
      'c=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=none',
    ])
    expect(set).toEqual([
      {
        name: '__Host-a',
        value: SEALED,
        path: '/',
        maxAge: 60,
        httpOnly: true,
        secure: true,
        sameSite: 'lax',
      },
      {
        name: 'b',
        value: '1',
        path: '/deep',
        domain: 'app.example',
        maxAge: 1,
        httpOnly: true,
        secure: false,
        sameSite: 'strict',
      },
      {
        name: 'c',
        value: '',
        path: '/',
        maxAge: 0,
        httpOnly: true,
        secure: true,
        sameSite: 'none',
      },
    ])
  })

  it('is set where it belongs, though Next keeps one of a name and another place is to erase', () => {
    const erase = (place: string) => `a=; ${place}; Max-Age=0`
    const [here, elsewhere] = ['Path=/', 'Path=/; Domain=app.example']
    const outcome = (...lines: string[]) => {
      const { store, set } = createStore()
      setCookies(store, lines)
      return set.map(({ value, domain, maxAge }) => ({ value, domain, maxAge }))
    }
    const fresh = 'a=1; Path=/; Max-Age=60'
    const kept = [{ value: '1', domain: undefined, maxAge: 60 }]
    expect(outcome(erase(elsewhere), fresh)).toEqual(kept)
    expect(outcome(fresh, erase(elsewhere))).toEqual(kept)
    const gone = [{ value: '', domain: undefined, maxAge: 0 }]
    expect(outcome(erase(here), erase(elsewhere))).toEqual(gone)
  })
})

describe('the Cookie header of a request of Next', () => {
  it('is what was sent, but for what was erased since', () => {
    const { store } = createStore(['theme', 'dark'], ['__Host-a', SEALED], ['gone', ''])
    const sent = `theme=dark; __Host-a=${SEALED}; gone=1`
    expect(cookieHeaderOf(store, sent)).toBe(`theme=dark; __Host-a=${SEALED}`)
  })

  it('has a cookie as often as the browser sent it, though a store keeps the last one', () => {
    const sent = `a=${SEALED}; theme=dark;a=planted; b=%zz; flag; ;c=1; c=%zz`
    const { store } = createStore(['a', 'planted'], ['theme', 'dark'], ['flag', 'true'], ['c', '1'])
    expect(cookieHeaderOf(store, sent)).toBe(
      `a=${SEALED}; theme=dark; a=planted; b=%zz; flag; c=1; c=%zz`,
    )
  })

  it.each([
    ['set', 'new', 'theme=dark; a=new'],
    ['erased', '', 'theme=dark'],
  ])('has nothing of what a cookie was before it was %s', (_, value, expected) => {
    const { store } = createStore(['a', value], ['theme', 'dark'])
    expect(cookieHeaderOf(store, `a=${SEALED}; theme=dark;  a=planted`)).toBe(expected)
  })

  it('is what was set since, where nothing was sent', () => {
    const { store } = createStore(['a', SEALED])
    expect([cookieHeaderOf(store, null), cookieHeaderOf(store, '')]).toEqual([
      `a=${SEALED}`,
      `a=${SEALED}`,
    ])
  })

  it('lets no cookie pass for another by what it holds', () => {
    const { store } = createStore(['theme', 'dark; __Host-a=planted'])
    expect(cookieHeaderOf(store, null)).toBe('theme=dark%3B%20__Host-a%3Dplanted')
  })

  it('becomes what the browser will send next', () => {
    const lines = [
      'a=; Path=/; Domain=app.example; Max-Age=0',
      `a=${SEALED}; Path=/; Max-Age=60`,
      'a.0=; Path=/; Max-Age=0',
    ]
    const sent = 'theme=dark; a=old; a.0=older;a.1=other'
    expect(applyToRequest(sent, lines)).toBe(`theme=dark; a.1=other; a=${SEALED}`)
    expect(applyToRequest(null, lines)).toBe(`a=${SEALED}`)
    expect(applyToRequest('a=old', ['a=; Path=/; Max-Age=0'])).toBe('')
  })
})

import { describe, expect, it } from 'vitest'
import { cookieIdOf, readSetCookie } from '../../../src/server/cookies/set-cookie.js'
import { headersOf, listIn, putCookies } from '../../../src/server/requests/answer-headers.js'

describe('cookies that an answer sets', () => {
  it('take the place of the same cookie, in whatever words it was set before', () => {
    const headers = new Headers()
    for (const line of [
      'mine=1; Path=/',
      'a=old; PATH=/; domain=.Example.com; Secure',
      'a = old ;path=/app',
      'a=old',
    ]) {
      headers.append('Set-Cookie', line)
    }
    putCookies(headersOf(headers), ['a=1; Path=/; Domain=example.com', 'a=2; Path=/app'])
    expect(headers.getSetCookie()).toEqual([
      'mine=1; Path=/',
      'a=old',
      'a=1; Path=/; Domain=example.com',
      'a=2; Path=/app',
    ])
  })

  it('are the last of those that are the same', () => {
    const headers = new Headers()
    putCookies(headersOf(headers), ['a=1; Path=/', 'b=1; Path=/', 'a=2; Path=/'])
    expect(headers.getSetCookie()).toEqual(['a=2; Path=/', 'b=1; Path=/'])
  })

  it('leave an answer alone where there are none', () => {
    const headers = new Headers()
    putCookies(headersOf(headers), [])
    expect([...headers]).toEqual([])
  })
})

describe('a header that lists names', () => {
  it.each([
    [null, ['Cookie'], 'Cookie'],
    ['Origin', ['Cookie'], 'Origin, Cookie'],
    ['Origin,cookie', ['Cookie'], 'Origin, cookie'],
    [' , Origin', ['Accept', 'accept'], 'Origin, Accept'],
  ])('that says %s gets %j, each once', (before, names, after) => {
    const headers = new Headers(before === null ? {} : { Vary: before })
    listIn(headers, 'Vary', names)
    expect(headers.get('Vary')).toBe(after)
  })
})

describe('a text of `Set-Cookie`', () => {
  it.each([
    ['a=b=c; Path=/', 'a', 'b=c', '["a","/",null]'],
    ['a', 'a', '', '["a",null,null]'],
    ['', '', '', '["",null,null]'],
    [' a = b ; domain = .X.example ', 'a', 'b', '["a",null,"x.example"]'],
  ])('is taken apart: %j', (line, name, value, id) => {
    expect(readSetCookie(line)).toMatchObject({ name, value })
    expect(JSON.parse(cookieIdOf(line))).toEqual(JSON.parse(id))
  })
})

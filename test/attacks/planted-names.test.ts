import { expect, test } from 'vitest'
import { applyToRequest } from '../../src/next/set-cookie.js'
import { defineCookie, parseCookies, readCookie } from '../../src/server/cookies/cookies.js'
import { readCredentials } from '../../src/server/supertokens/web/credentials.js'

/** What `String.prototype.trim` takes for blank, and no browser does where it checks a prefix. */
const STRANGE = [0xa0, 0xfeff, 0x1680, 0x2000, 0x2009, 0x2028, 0x2029, 0x202f, 0x3000, 0x0b, 0x0c]
const blanks = STRANGE.map((code) => String.fromCharCode(code))
const { name } = defineCookie()

test.each(blanks)('a sibling host cannot plant a cookie that is read as `__Host-`: %j', (blank) => {
  for (const header of [`${blank}${name}=evil`, `${name}${blank}=evil`, ` ${blank} ${name}=evil`]) {
    expect(readCookie(parseCookies(header), name)).toEqual([])
  }
})

test.each(blanks)('nor does Next hand such a cookie on under the name of ours: %j', (blank) => {
  const header = `theme=dark; ${blank}${name}=evil`
  expect(readCookie(parseCookies(applyToRequest(header, [])), name)).toEqual([])
})

test('nor does Next drop the cookie of somebody else in place of ours', () => {
  const header = `\xa0${name}=other; ${name}=old`
  expect(applyToRequest(header, [`${name}=new; Path=/`])).toBe(`\xa0${name}=other; ${name}=new`)
})

test.each(blanks)('nor is a token of SuperTokens read from such a cookie: %j', (blank) => {
  // Headers of the web hold one byte a character.
  const headers = { get: () => `${blank}sRefreshToken=evil`, has: () => false }
  const request = { method: 'POST', headers: Object.assign(new Headers(), headers) }
  expect(readCredentials(request).refreshTokens).toEqual([])
})

test('the blanks that browsers know are no part of a name or value', () => {
  const jar = parseCookies(` \t${name} \t=\t value \t; other=" quoted "`)
  expect(readCookie(jar, name)).toEqual(['value'])
  expect(readCookie(jar, 'other')).toEqual([' quoted '])
})

test('a value keeps what only `trim` takes for blank', () => {
  expect(readCookie(parseCookies(`${name}=\xa0value\xa0`), name)).toEqual(['\xa0value\xa0'])
})

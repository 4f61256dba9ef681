import { getIronSession, sealData, unsealData } from 'iron-session'
import { describe, expect, it } from 'vitest'
import {
  defineCookie,
  parseCookies,
  readCookie,
  writeCookie,
} from '../../src/server/cookies/cookies.js'
import { sealText, unsealText } from '../../src/server/sealed/seal.js'
import { parseSealedData, type SealedData } from '../../src/server/sealed/session-data.js'

const password = 'a cookie password that both sides share'
const older = 'a cookie password of the year before this'
const cookieName = 'wos-session'
const data = {
  accessToken: 'access',
  refreshToken: 'refresh',
  user: { id: 'user_1', email: 'ada@example.test' },
  impersonator: { email: 'admin@example.test', reason: 'support — “help”' },
}
const json = JSON.stringify(data)
const request = (cookie: string): Request =>
  new Request('https://app.test/', { headers: { cookie } })

describe('iron-session', () => {
  it('seals what opens here', async () => {
    expect(
      parseSealedData((await unsealText(await sealData(data, { password }), password)) ?? ''),
    ).toEqual(data)
  })

  it('opens what is sealed here', async () => {
    expect(await unsealData(await sealText(json, password), { password, ttl: 0 })).toEqual(data)
    // A list of passwords seals by its first, under the id of a single one.
    expect(await unsealData(await sealText(json, [password, older]), { password })).toEqual(data)
    expect(await unsealData(await sealText(json, password), { password: older })).toEqual({})
  })

  it('keeps its time limit here, and ours holds there', async () => {
    const sealed = await sealData(data, { password, ttl: 60 })
    const later = (seconds: number) => ({ now: () => Date.now() + seconds * 1000 })
    expect(await unsealText(sealed, password, later(110))).toBe(json)
    expect(await unsealText(sealed, password, later(121))).toBeNull()
    const ended = await sealText(json, password, { ttl: 1, now: () => Date.now() - 120_000 })
    expect(await unsealData(ended, { password })).toEqual({})
  })

  it('may seal by any of its numbered passwords', async () => {
    const sealed = await sealData(data, { password: { 1: older, 2: password } })
    expect(sealed).toMatch(/^Fe26\.2\*2\*/)
    expect(await unsealText(sealed, [password, older])).toBe(json)
  })

  it('shares the cookie with us, as it stands in the headers', async () => {
    const response = new Response()
    const session = await getIronSession<SealedData>(request(''), response, {
      cookieName,
      password,
    })
    Object.assign(session, data)
    await session.save()
    const jar = parseCookies((response.headers.get('set-cookie') ?? '').split(';')[0])
    const [theirs = ''] = readCookie(jar, cookieName)
    expect(await unsealText(theirs, password)).toBe(json)

    const cookie = defineCookie({ name: cookieName })
    const [header = ''] = writeCookie(cookie, await sealText(json, password), jar)
    const options = { cookieName, password, ttl: 0 }
    const read = getIronSession<SealedData>(
      request(header.split(';')[0] ?? ''),
      new Response(),
      options,
    )
    expect(await read).toMatchObject(data)
  })

  it('exchanges a session with us ten times', async () => {
    let sealed = await sealText(json, password)
    for (let round = 0; round < 10; round += 1) {
      const theirs = await sealData(await unsealData(sealed, { password }), { password, ttl: 0 })
      sealed = await sealText((await unsealText(theirs, password)) ?? '', password)
    }
    expect(await unsealText(sealed, password)).toBe(json)
  })
})

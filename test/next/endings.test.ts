import { describe, expect, it } from 'vitest'
import { memorySessionList } from '../../src/server/sealed/session-list.js'
import { createApp } from './app.js'

const createListed = () => {
  const app = createApp({ auth: { list: memorySessionList() } })
  return { ...app, list: () => app.auth.listSessions() }
}

describe('the sessions of a person, in an app of Next', () => {
  it('are listed to that person, with the one that asks', async () => {
    const { signedIn, browser, list } = createListed()
    const laptop = await signedIn()
    await signedIn()
    const { result } = await laptop.visit('/account', list)
    expect(result?.map((one) => one.isCurrent).sort()).toEqual([false, true])
    expect((await browser().visit('/account', list)).result).toEqual([])
  })

  it('are ended one by one, from any of them', async () => {
    const { auth, signedIn, list } = createListed()
    const laptop = await signedIn()
    const phone = await signedIn()
    const other = (await laptop.visit('/account', list)).result?.find((one) => !one.isCurrent)
    const act = () => auth.endListedSession(other?.sessionId ?? '')
    expect((await laptop.act(act)).result).toBe(true)
    expect(await phone.who()).toEqual({ user: null })
    expect(await laptop.who()).toHaveProperty('user.id', 'user_ada')
    expect((await laptop.visit('/account', list)).result).toHaveLength(1)
  })

  it('cannot be ended by somebody else', async () => {
    const { auth, browser, signedIn, list } = createListed()
    const laptop = await signedIn()
    const [own] = (await laptop.visit('/account', list)).result ?? []
    const act = () => auth.endListedSession(own?.sessionId ?? '')
    expect((await browser().act(act)).result).toBe(false)
    expect(await laptop.who()).toHaveProperty('user.id', 'user_ada')
  })

  it('are ended all together by the handler of a webhook, which nobody is signed in to', async () => {
    const { auth, signedIn } = createListed()
    const browsers = [await signedIn(), await signedIn()]
    expect(await auth.endSessions({ userId: 'user_ada' })).toBe(true)
    for (const one of browsers) expect(await one.who()).toEqual({ user: null })
  })

  it('tell which setting is missing', async () => {
    const { auth } = createApp({ env: { WORKOS_API_KEY: undefined } })
    await expect(auth.endSessions({ userId: 'user_ada' })).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining('WORKOS_API_KEY'),
    })
  })
})

import { describe, expect, it } from 'vitest'
import { AuthError } from '../../src/index.js'
import { createWorld, HOUR } from '../support/world.js'

describe('a sign-out', () => {
  it('clears at once, whatever the network does, and revokes behind the caller', async () => {
    const world = createWorld()
    const { auth, events } = await world.signedIn('ada', {
      provider: { ...world.server.provider, signOut: () => new Promise(() => {}) },
    })
    const signOut = auth.signOut()
    expect(auth.getSnapshot().status).toBe('signed-out')
    await signOut
    expect(events.at(-1)).toBe('SIGNED_OUT - because user')
    expect(world.stored()).not.toContain('refresh-1')
  })

  it('is local unless told otherwise, and `others` keeps this session', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada')
    await auth.signOut({ scope: 'others' })
    expect(await auth.getSession()).not.toBeNull()
    await auth.signOut()
    expect(world.server.revoked).toEqual(['others access-1', 'local access-1'])
  })

  it('reaches the other tabs, with the reason', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada')
    const other = world.open()
    await world.clock.settle()
    await auth.signOut()
    await world.clock.settle()
    expect(other.events.at(-1)).toBe('SIGNED_OUT - because other-context elsewhere')
    expect(other.auth.getSnapshot().session).toBeNull()
  })

  it('wins over a refresh that is about to be saved in another tab', async () => {
    const world = createWorld()
    const tab = world.browser.tab()
    const sibling = world.open()
    let armed = false
    const set = async (key: string, text: string): Promise<void> => {
      if (armed) {
        armed = false
        await sibling.auth.signOut()
        sibling.auth.dispose()
      }
      await tab.storage.set(key, text)
    }
    const { auth } = await world.signedIn('ada', { storage: { ...tab.storage, set } })
    await sibling.auth.getSession()
    world.browser.bus.loseMessages(true)
    armed = true
    await auth.refreshSession().catch(() => {})
    auth.dispose()
    expect(await world.open().auth.getSession()).toBeNull()
  })

  it('ends also the session of somebody who signed in elsewhere, unheard of', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const sibling = world.open()
    await sibling.auth.getSession()
    world.browser.bus.loseMessages(true)
    await sibling.auth.signIn({ name: 'bob' })
    await auth.signOut()
    expect(world.stored()).not.toMatch(/refresh-/)
    expect(await world.open().auth.getSession()).toBeNull()
  })

  it('reaches the other tabs also when storage is full', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const sibling = world.open()
    await sibling.auth.getSession()
    world.browser.storage.setQuotaExceeded(true)
    await auth.signOut()
    await world.clock.advance(5_000)
    expect(await sibling.auth.getSession()).toBeNull()
    expect(world.stored()).not.toMatch(/refresh-/)
  })

  it('reaches a tab whose own refresh is not saved yet', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const sibling = world.open()
    await sibling.auth.getSession()
    world.browser.storage.setQuotaExceeded(true)
    await sibling.auth.refreshSession()
    world.browser.storage.setQuotaExceeded(false)
    await auth.signOut()
    auth.dispose()
    await world.clock.advance(5_000)
    expect(await sibling.auth.getSession()).toBeNull()
    expect(world.stored()).not.toMatch(/refresh-/)
  })

  it('reaches at once a tab that is just reading', async () => {
    const world = createWorld()
    const sibling = await world.signedIn()
    const tab = world.browser.tab()
    let armed = false
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    // What it reads is of before the sign-out, and what it hears of that comes before the reading ends.
    const get = async (key: string): Promise<string | null | undefined> => {
      const text = await tab.storage.get(key)
      if (armed && key !== 'app') await gate
      return text
    }
    const { auth, tab: mine } = world.open({ storage: { ...tab.storage, get } })
    await auth.getSession()
    world.browser.bus.loseMessages(true)
    armed = true
    mine.focus()
    await world.clock.settle()
    await sibling.auth.signOut()
    await world.clock.settle()
    release()
    await world.clock.settle()
    expect(auth.getSnapshot().status).toBe('signed-out')
  })

  it('is not undone by a sign-in that is still being saved', async () => {
    const world = createWorld()
    const tab = world.browser.tab()
    const set = async (key: string, text: string): Promise<void> => {
      await new Promise<void>((resolve) => world.clock.schedule(100, resolve))
      await tab.storage.set(key, text)
    }
    const { auth } = world.open({ storage: { ...tab.storage, set } })
    const signIn = auth.signIn({ name: 'bob' }).catch(() => {})
    await world.clock.settle()
    const signOut = auth.signOut()
    await world.clock.advance(1_000)
    await Promise.all([signIn, signOut])
    expect(await world.open().auth.getSession()).toBeNull()
  })

  it('that could not be saved is tried again', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    world.browser.storage.block(true)
    await auth.signOut()
    world.browser.storage.block(false)
    await world.clock.advance(60_000)
    expect(world.stored()).not.toMatch(/refresh-/)
  })
})

/** Ada's tab at a server that answers sign-outs with these errors, and then without. */
async function refusingSignOut(...errors: AuthError[]) {
  const world = createWorld()
  const asked: string[] = []
  const { provider } = world.server
  const opened = await world.signedIn('ada', {
    // The longest waits.
    environment: { random: () => 1 - 2 ** -52 },
    provider: {
      ...provider,
      async signOut({ accessToken }, scope) {
        asked.push(`${scope} ${accessToken}`)
        const error = errors.shift()
        if (error) throw error
      },
    },
  })
  return { ...opened, world, asked }
}

const offline = () => new AuthError('network', 'No answer.')
const always = (): AuthError[] => Array.from({ length: 1_000 }, offline)

describe('a sign-out everywhere', () => {
  it('ends the session here at once, and says when the server did not end the others', async () => {
    const { auth, asked, world } = await refusingSignOut(offline())
    const signOut = expect(auth.signOut({ scope: 'global' })).rejects.toMatchObject({
      code: 'network',
    })
    expect(auth.getSnapshot().status).toBe('signed-out')
    await signOut
    expect(world.stored()).not.toContain('refresh-1')
    expect(asked).toEqual(['global access-1'])
  })

  it('resolves once the server has ended the others', async () => {
    const world = createWorld()
    let answer = (): void => {}
    const answered = new Promise<void>((resolve) => {
      answer = resolve
    })
    const { auth } = await world.signedIn('ada', {
      provider: { ...world.server.provider, signOut: () => answered },
    })
    let done = false
    const signOut = auth.signOut({ scope: 'global' }).then(() => {
      done = true
    })
    await world.clock.settle()
    expect([auth.getSnapshot().status, done]).toEqual(['signed-out', false])
    answer()
    await signOut
  })

  it('is tried again, ever more rarely, until the server has heard it', async () => {
    const { auth, asked, world } = await refusingSignOut(offline(), offline(), offline())
    await auth.signOut({ scope: 'global' }).catch(() => {})
    const countAfter = async (ms: number): Promise<number> => {
      await world.clock.advance(ms)
      return asked.length
    }
    expect([await countAfter(999), await countAfter(1)]).toEqual([1, 2])
    expect([await countAfter(1_999), await countAfter(1)]).toEqual([2, 3])
    expect([await countAfter(3_999), await countAfter(1)]).toEqual([3, 4])
    expect(await countAfter(HOUR)).toBe(4)
    expect(new Set(asked)).toEqual(new Set(['global access-1']))
  })

  it('is tried again when the server said so, not before', async () => {
    const busy = new AuthError('rate_limited', 'Slow.', { status: 429, retryAfter: 60_000 })
    const { auth, asked, world } = await refusingSignOut(busy)
    await auth.signOut({ scope: 'global' }).catch(() => {})
    await world.clock.advance(59_999)
    expect(asked).toHaveLength(1)
    await world.clock.advance(1)
    expect(asked).toHaveLength(2)
  })

  it('is tried again for ten minutes, and leaves nothing behind', async () => {
    const { auth, asked, world } = await refusingSignOut(...always())
    await auth.signOut({ scope: 'global' }).catch(() => {})
    await world.clock.advance(570_000)
    const before = asked.length
    await world.clock.advance(30_000)
    expect(asked.length).toBeGreaterThan(before)
    const last = asked.length
    await world.clock.advance(HOUR)
    expect(asked).toHaveLength(last)
  })

  it('is not tried again when the server refused it', async () => {
    const refusal = new AuthError('rejected', 'No.', { status: 403 })
    const { auth, asked, world } = await refusingSignOut(refusal)
    await expect(auth.signOut({ scope: 'global' })).rejects.toBe(refusal)
    await world.clock.advance(HOUR)
    expect(asked).toHaveLength(1)
  })

  it('does not end what the same person signed in to meanwhile', async () => {
    const { auth, asked, world } = await refusingSignOut(offline())
    await auth.signOut({ scope: 'global' }).catch(() => {})
    await auth.signIn({ name: 'ada' })
    await world.clock.advance(600_000)
    expect(asked).toHaveLength(1)
  })

  it('does not end what somebody signed in to who may be the same person', async () => {
    const { auth, asked, world } = await refusingSignOut(offline())
    await auth.signOut({ scope: 'global' }).catch(() => {})
    const { user: _, ...unknown } = world.server.issue('ada')
    world.server.fail({ answer: unknown })
    await auth.refreshSession('a token without a name')
    await world.clock.advance(600_000)
    expect(asked).toHaveLength(1)
  })

  it('goes on for one person while another has signed in, with the token of the first', async () => {
    const { auth, asked, world } = await refusingSignOut(offline())
    await auth.signOut({ scope: 'global' }).catch(() => {})
    await auth.signIn({ name: 'bob' })
    await world.clock.advance(600_000)
    expect(asked).toEqual(['global access-1', 'global access-1'])
    expect((await auth.getSession())?.user).toEqual({ id: 'bob' })
  })

  it('keeps no process alive, and ends with the client', async () => {
    const { auth, asked, world } = await refusingSignOut(...always())
    await auth.signOut({ scope: 'global' }).catch(() => {})
    await world.clock.settle()
    expect(world.clock.awaited()).toBe(0)
    auth.dispose()
    expect(world.clock.pending()).toBe(0)
    await world.clock.advance(600_000)
    expect(asked).toHaveLength(1)
  })

  it('is not tried again where it failed once the client was disposed of', async () => {
    const world = createWorld()
    let fail = (_: AuthError): void => {}
    const answered = new Promise<void>((_, reject) => {
      fail = reject
    })
    const { auth } = await world.signedIn('ada', {
      provider: { ...world.server.provider, signOut: () => answered },
    })
    auth.signOut({ scope: 'global' }).catch(() => {})
    await world.clock.settle()
    auth.dispose()
    fail(offline())
    await world.clock.settle()
    expect(world.clock.pending()).toBe(0)
  })

  it('lets a caller go who gives up', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', {
      provider: { ...world.server.provider, signOut: () => new Promise(() => {}) },
    })
    const abort = new AbortController()
    const signOut = auth.signOut({ scope: 'global', signal: abort.signal })
    abort.abort()
    await expect(signOut).rejects.toMatchObject({ code: 'aborted' })
    expect(auth.getSnapshot().status).toBe('signed-out')
  })

  it('is not tried again where it was of this session alone', async () => {
    const { auth, asked, world } = await refusingSignOut(...always())
    await auth.signOut()
    await world.clock.advance(HOUR)
    expect(asked).toHaveLength(1)
  })
})

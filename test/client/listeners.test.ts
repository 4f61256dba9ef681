import { describe, expect, it } from 'vitest'
import { createOutbox } from '../../src/core/events.js'
import { toRecord } from '../../src/core/record.js'
import type { Session, SessionUser } from '../../src/index.js'
import { createWorld, HOUR } from '../support/world.js'

describe('P8: listeners cannot hurt', () => {
  it('INITIAL_SESSION comes exactly once to each, first', async () => {
    const world = createWorld()
    const { auth, events } = await world.signedIn()
    const late: string[] = []
    auth.onAuthStateChange((event) => late.push(event))
    await auth.refreshSession()
    expect(events).toEqual(['INITIAL_SESSION -', 'SIGNED_IN access-1', 'TOKEN_REFRESHED access-2'])
    expect(late).toEqual(['INITIAL_SESSION', 'TOKEN_REFRESHED'])
  })

  it('one that another one stops hears nothing more, not even the change that both were to hear', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const heard: string[] = []
    auth.onAuthStateChange((event) => event === 'TOKEN_REFRESHED' && stop())
    const stop = auth.onAuthStateChange((event) => heard.push(event))
    auth.subscribe(() => unsubscribe())
    const unsubscribe = auth.subscribe(() => heard.push('a new snapshot'))
    await auth.refreshSession()
    expect(heard).toEqual(['INITIAL_SESSION'])
  })

  it('hear of a sign-in that a refresh finds before that is answered', async () => {
    const world = createWorld()
    const { subscribe: _, ...storage } = world.browser.tab().storage
    const channel = { open: () => ({ post() {}, close() {} }) }
    const { auth, events } = world.open({ storage, environment: { channel } })
    await world.clock.settle()
    await world.signedIn()
    world.server.hold()
    auth.refreshSession().catch(() => {})
    await world.clock.settle()
    expect(events).toEqual(['INITIAL_SESSION -', 'SIGNED_IN access-1 elsewhere'])
  })

  it('none hears anything once one of them has disposed of the client', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const heard: string[] = []
    auth.onAuthStateChange((event) => event === 'TOKEN_REFRESHED' && auth.dispose())
    auth.onAuthStateChange((event) => heard.push(event))
    auth.subscribe(() => heard.push('a new snapshot'))
    await auth.refreshSession().catch(() => {})
    await world.clock.advance(HOUR)
    expect(heard).toEqual(['INITIAL_SESSION'])
  })

  it('one that throws, or rejects, is reported, and the rest still run', async () => {
    const world = createWorld()
    const { auth, tab } = await world.signedIn()
    auth.onAuthStateChange(() => {
      throw new Error('sync')
    })
    auth.onAuthStateChange(() => Promise.reject(new Error('async')))
    const heard: string[] = []
    auth.onAuthStateChange((event) => heard.push(event))
    await auth.refreshSession()
    expect(heard).toContain('TOKEN_REFRESHED')
    expect(tab.errors.map(String)).toEqual(expect.arrayContaining(['Error: sync', 'Error: async']))
  })

  it('one that awaits refreshSession() gets its answer', async () => {
    const { auth } = await createWorld().signedIn()
    const inner = new Promise<Session>((resolve) => {
      const stop = auth.onAuthStateChange(async (event) => {
        if (event !== 'TOKEN_REFRESHED') return
        stop()
        resolve((await auth.refreshSession()).session)
      })
    })
    await auth.refreshSession()
    expect((await inner).accessToken).toBe('access-3')
  })

  it('one that never ends delays nobody', async () => {
    const { auth } = await createWorld().signedIn()
    auth.onAuthStateChange(() => new Promise(() => {}))
    expect((await auth.refreshSession()).session.accessToken).toBe('access-2')
  })

  it('events stay in order when a listener causes more of them', async () => {
    const { auth } = await createWorld().signedIn()
    const heard: string[] = []
    let stop = (): void => {}
    stop = auth.onAuthStateChange((event) => {
      if (event !== 'TOKEN_REFRESHED') return
      stop()
      auth.signOut()
    })
    auth.onAuthStateChange((event) => heard.push(event))
    await auth.refreshSession()
    await auth.getSession()
    expect(heard).toEqual(['INITIAL_SESSION', 'TOKEN_REFRESHED', 'SIGNED_OUT'])
  })
})

describe('listeners', () => {
  it('hear all that happens, also while another one never ends', async () => {
    const { auth } = await createWorld().signedIn()
    auth.onAuthStateChange(() => new Promise(() => {}))
    const heard: string[] = []
    auth.onAuthStateChange((event) => heard.push(event))
    await auth.refreshSession()
    await auth.refreshSession()
    await auth.signOut()
    expect(heard).toEqual(['INITIAL_SESSION', 'TOKEN_REFRESHED', 'TOKEN_REFRESHED', 'SIGNED_OUT'])
  })

  it('that come late are told the session of their turn first', async () => {
    const { auth } = await createWorld().signedIn()
    await auth.refreshSession()
    const heard: string[] = []
    auth.onAuthStateChange((event, session) => heard.push(`${event} ${session?.accessToken}`))
    await auth.signOut()
    expect(heard).toEqual(['INITIAL_SESSION access-2', 'SIGNED_OUT undefined'])
  })

  it('that come while changes are being told hear INITIAL_SESSION before any of them', async () => {
    const world = createWorld()
    const { auth } = world.open()
    const heard: string[] = []
    const stop = auth.onAuthStateChange((event) => {
      if (event !== 'SIGNED_IN') return
      stop()
      auth.onAuthStateChange((event, session) => heard.push(`${event} ${session?.accessToken}`))
    })
    const { refreshToken } = world.server.issue('ada')
    await auth.refreshSession(refreshToken)
    await world.clock.settle()
    expect(heard).toEqual(['INITIAL_SESSION access-2'])
  })

  it('all hear one change before any hears the next, whoever asks for the delivery', () => {
    const outbox = createOutbox<SessionUser>(() => {})
    const heard: string[] = []
    outbox.listen(outbox.flush)
    outbox.listen((...[event]) => heard.push(event))
    outbox.open(null)
    const detail = { origin: 'this-context', reason: 'user' } as const
    const { session } = toRecord({ accessToken: 'a', lifetime: HOUR }, 'lineage', 0)
    outbox.add([
      ['SIGNED_IN', session, { origin: 'this-context' }],
      ['SIGNED_OUT', null, detail],
    ])
    outbox.flush()
    expect(heard).toEqual(['INITIAL_SESSION', 'SIGNED_IN', 'SIGNED_OUT'])
  })
})

describe('the snapshot', () => {
  it('is the same object until something changes, and subscribers hear of each change', async () => {
    const { auth } = await createWorld().signedIn()
    const before = auth.getSnapshot()
    expect(auth.getSnapshot()).toBe(before)
    let told = 0
    const stop = auth.subscribe(() => told++)
    await auth.refreshSession()
    expect(auth.getSnapshot()).not.toBe(before)
    expect(told).toBe(1)
    stop()
    await auth.refreshSession()
    expect(told).toBe(1)
  })

  it('is told of a sign-out too', async () => {
    const { auth } = await createWorld().signedIn()
    const heard: string[] = []
    auth.subscribe(() => heard.push(auth.getSnapshot().status))
    await auth.signOut()
    expect(heard).toEqual(['signed-out'])
  })

  it('is told to all, also where one of them throws, which is reported', async () => {
    const { auth, tab } = await createWorld().signedIn()
    const heard: string[] = []
    auth.subscribe(() => {
      throw new Error('My fault.')
    })
    auth.subscribe(() => heard.push(auth.getSnapshot().status))
    await auth.signOut()
    expect(heard).toEqual(['signed-out'])
    expect(tab.errors.map(String)).toEqual(['Error: My fault.'])
  })

  it('is told to nobody while it stays the same', async () => {
    const world = createWorld()
    const { auth, tab } = await world.signedIn()
    let told = 0
    auth.subscribe(() => told++)
    await auth.getSession()
    tab.focus()
    await world.clock.settle()
    expect(told).toBe(0)
  })
})

import { describe, expect, it } from 'vitest'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import type { Coordinator } from '../../../src/server/coordination/coordinator-types.js'
import { jwt } from '../../support/wire.js'
import {
  answering,
  createGate,
  createStage,
  FIRST,
  opened,
  PASSWORD,
  signed,
  success,
} from './sealed-sessions-stage.js'

const password = PASSWORD
const MINUTE = 60_000
const DAY = 86_400_000
const over = { signedIn: false, retryable: false, reason: 'invalid_session_cookie' }
const refused = { signedIn: false, retryable: false, reason: 'invalid_grant' }
const alive = { signedIn: true }

/** Ada, signed in on two devices, and two processes that share what they know. */
async function createTwo() {
  const stage = createStage(signed)
  const shared = memoryCoordinator({ now: stage.clock.now })
  const [here, there] = [stage.start(shared), stage.start(shared)]
  const seal = async () => here.sealSession(await stage.signIn(), { password })
  const [phone, laptop] = [await seal(), await seal()]
  const look = (value: string) => there.openSession({ value, password }).getSession()
  const userId = (await opened(phone)).user.id
  return { ...stage, here, there, phone, laptop, seal, look, shared, userId }
}

describe('an end of one session by its id', () => {
  it('reaches every process, also one that has opened its cookie a moment ago, and no other session', async () => {
    const { here, there, phone, laptop, look } = await createTwo()
    const found = success(await look(phone))
    await here.endSessions({ sessionId: found.sessionId ?? '' })
    expect(await look(phone)).toEqual(over)
    expect(await there.openSession({ value: phone, password }).refreshSession()).toMatchObject(
      refused,
    )
    expect(await look(laptop)).toMatchObject(alive)
  })

  it.each([
    ['says times as texts, as Redis does', (at: number) => `"${at}"`],
    ['says what is no time', () => '{}'],
  ])('counts by a coordinator of the app that %s', async (_, say) => {
    const stage = createStage(signed)
    const memory = memoryCoordinator({ now: stage.clock.now })
    const coordinator: Coordinator = {
      ...memory,
      endedAt: async (name: string) => {
        const at = await memory.endedAt(name)
        return at === null ? at : JSON.parse(say(at))
      },
    }
    const sessions = stage.start(coordinator)
    const value = await sessions.sealSession(await stage.signIn(), { password })
    await sessions.endSessions({ userId: (await opened(value)).user.id })
    expect(await sessions.openSession({ value, password }).getSession()).toEqual(over)
  })

  it('is that of no other session, nor of a person, whatever a server calls its own', async () => {
    const { phone, look, shared, workos, userId } = await createTwo()
    const { sessionId = '' } = success(await look(phone))
    const names = [
      JSON.stringify(['person', workos.id, userId]),
      JSON.stringify(['session', workos.id, sessionId]),
      `bound:${sessionId}`,
      `replaced:${sessionId}`,
    ]
    for (const sid of names) {
      const accessToken = jwt({ sub: 'user_1', sid })
      const { sessions } = await answering([], { coordinator: shared })
      const grant = { ...FIRST, accessToken, lifetime: 1 }
      const evil = await sessions.sealSession(grant, { password })
      await sessions.signOut({ value: evil, password })
      expect(await sessions.openSession({ value: evil, password }).refreshSession()).toMatchObject(
        refused,
      )
      await sessions.endSessions({ sessionId: sid })
    }
    expect(await look(phone)).toMatchObject(alive)
    for (const name of names) expect(await shared.ended(name)).toBe(false)
  })

  it('lasts as long as a cookie may', async () => {
    const { here, phone, look, clock, there } = await createTwo()
    await here.endSessions({ sessionId: success(await look(phone)).sessionId ?? '' })
    clock.time += 399 * DAY
    const late = await there.openSession({ value: phone, password }).refreshSession()
    expect(late).toMatchObject(refused)
  })
})

describe('an end of all sessions of a person', () => {
  it('takes those that began before it, and none that begins afterwards', async () => {
    const { here, phone, laptop, look, seal, userId } = await createTwo()
    await here.endSessions({ userId })
    expect([await look(phone), await look(laptop)]).toEqual([over, over])
    const next = await seal()
    expect(await look(next)).toMatchObject(alive)
    await here.endSessions({ userId })
    expect(await look(next)).toEqual(over)
  })

  it('may be one of several, which are done together, once', async () => {
    const { here, phone, look, userId } = await createTwo()
    const all = [{ userId: 'somebody else' }, { userId }]
    const once = { once: { key: 'a token', within: DAY } }
    expect(await here.endSessions(all, once)).toBe(true)
    expect(await look(phone)).toEqual(over)
    expect(await here.endSessions({ userId: 'a third' }, once)).toBe(false)
  })

  it('leaves those of other people', async () => {
    const { here, phone, look } = await createTwo()
    await here.endSessions({ userId: 'somebody else' })
    expect(await look(phone)).toMatchObject(alive)
  })

  it('takes a session whose server is a minute ahead, and leaves a new one whose server is a minute behind', async () => {
    const { here, look, seal, clock, userId } = await createTwo()
    clock.time += MINUTE
    const old = await seal()
    clock.time -= MINUTE
    await here.endSessions({ userId })
    expect(await look(old)).toEqual(over)
    clock.time -= MINUTE
    expect(await look(await seal())).toMatchObject(alive)
  })

  it('ends a new session again, also by a clock that was set back since', async () => {
    const { here, look, seal, clock, userId } = await createTwo()
    await here.endSessions({ userId })
    const between = await seal()
    clock.time -= 30_000
    await here.endSessions({ userId })
    expect(await look(between)).toEqual(over)
  })

  it('holds for what a refresh makes of a session that has seen an earlier end', async () => {
    const { here, there, seal, look, userId } = await createTwo()
    await here.endSessions({ userId })
    const value = await seal()
    const { sealed } = success(await there.openSession({ value, password }).refreshSession())
    expect(await look(sealed)).toMatchObject(alive)
  })

  it('comes before a refresh that is under way in another process', async () => {
    const { here, there, phone, hold, userId, server } = await createTwo()
    const release = hold()
    const late = there.openSession({ value: phone, password }).refreshSession()
    await expect.poll(() => server.count('refresh_token')).toBe(1)
    await here.endSessions({ userId })
    release()
    expect(await late).toMatchObject(refused)
  })

  it('takes one whose seal does not say when it began, by when its token was issued', async () => {
    const { here, look, phone, userId, clock } = await createTwo()
    const { startedAt: _, ...old } = await opened(phone)
    const { sealText } = await import('../../../src/server/sealed/seal.js')
    const value = await sealText(JSON.stringify(old), PASSWORD, { now: clock.now })
    expect(await look(value)).toMatchObject(alive)
    await here.endSessions({ userId })
    expect(await look(value)).toEqual(over)
  })

  it('tells the auth server of a session when its cookie comes', async () => {
    const { here, look, phone, server, userId } = await createTwo()
    await here.endSessions({ userId })
    const before = server.sessions().length
    await look(phone)
    await expect.poll(() => server.sessions().length).toBe(before - 1)
  })

  it('is an error where the other processes cannot be told, and counts here all the same', async () => {
    const { start, clock, seal, userId } = await createTwo()
    const local = memoryCoordinator({ now: clock.now })
    const alone: Coordinator = {
      ...local,
      async end(name, ttl, options) {
        await local.end(name, ttl, options)
        if (options?.everywhere) throw new Error('The store does not answer.')
      },
    }
    const process = start(alone)
    const value = await seal()
    expect(await process.openSession({ value, password }).getSession()).toMatchObject(alive)
    await expect(process.endSessions({ userId })).rejects.toThrow('does not answer')
    expect(await process.openSession({ value, password }).getSession()).toEqual(over)
  })
})

describe('what is to end', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'session_1'],
    ['no id', {}],
    ['an empty id', { sessionId: '' }],
    ['an id that is no text', { userId: 7 }],
    ['two ids', { sessionId: 'session_1', userId: 'user_1' }],
    ['an id here and one there', { sessionId: 'session_1', serverSessionId: 'session_1' }],
    ['none of a list', []],
    ['a list of which one says nothing', [{ userId: 'user_1' }, {}]],
  ])('is not %s', async (_, which) => {
    const { sessions } = createStage()
    const call = sessions.endSessions
    await expect(Reflect.apply(call, sessions, [which])).rejects.toMatchObject({
      code: 'invalid_argument',
    })
  })
})

describe('whoever watches a session', () => {
  it('is told once of its end in another process, however it came', async () => {
    for (const how of ['sign-out', 'session', 'person'] as const) {
      const { here, there, phone, look, userId } = await createTwo()
      let told = 0
      await there.watchSession({ value: phone, password }, () => {
        told += 1
      })
      const { sessionId = '' } = success(await look(phone))
      const ending = {
        'sign-out': () => here.signOut({ value: phone, password }),
        session: () => here.endSessions({ sessionId }),
        person: () => here.endSessions({ userId }),
      }
      await ending[how]()
      await ending[how]()
      await expect.poll(() => told, { message: how }).toBe(1)
    }
  })

  it('is told at once of one that is over, or nobody’s', async () => {
    const { here, there, phone, userId } = await createTwo()
    await here.endSessions({ userId })
    let told = 0
    const note = (): void => {
      told += 1
    }
    await there.watchSession({ value: phone, password }, note)
    await there.watchSession({ value: 'garbage', password }, note)
    await there.watchSession({ value: null, password }, note)
    expect(told).toBe(3)
  })

  it('is not told of others’ ends, nor after it has stopped', async () => {
    const { here, there, phone, laptop, look, userId, shared } = await createTwo()
    let told = 0
    const stop = await there.watchSession({ value: phone, password }, () => {
      told += 1
    })
    await here.endSessions({ sessionId: success(await look(laptop)).sessionId ?? '' })
    await look(laptop)
    expect(told).toBe(0)
    stop()
    // The next one to hear of the same end hears it after whoever came before.
    const heard = createGate()
    await shared.watch([success(await look(phone)).sessionId ?? ''], heard.open)
    await here.signOut({ value: phone, password })
    await heard.passed
    await here.endSessions({ userId })
    expect(told).toBe(0)
  })
})

import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthError, isAuthError } from '../../../src/core/errors.js'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import { createServerPatience } from '../../../src/server/coordination/server-patience.js'
import { turns } from '../../contracts/contract.js'

const TIMEOUT = 10_000
/** A failure of the server, and one that may be of one session. */
const lost = () => new AuthError('network', 'There was no answer.')
const broken = () => new AuthError('server_error', 'It failed.', { status: 500 })
const fine = async (): Promise<string> => 'new tokens'

afterEach(() => void vi.useRealTimers())

/** An auth server that answers by hand, its time, and what its pauses are asked. */
function createWorld() {
  const clock = { time: 1_700_000_000_000 }
  const now = () => clock.time
  const { pauses } = memoryCoordinator({ now })
  const asked = { admit: 0, pause: 0, resume: 0 }
  const patience = createServerPatience({
    name: 'server',
    timeout: TIMEOUT,
    now,
    pauses: {
      admit(...given) {
        asked.admit += 1
        return pauses.admit(...given)
      },
      pause(...given) {
        asked.pause += 1
        return pauses.pause(...given)
      },
      resume(...given) {
        asked.resume += 1
        return pauses.resume(...given)
      },
    },
  })
  const state = { sent: [] as string[], answer: fine }
  /** What a call comes to: its result, or the code of its error and when to come again. */
  const ask = (person: string): Promise<string> =>
    patience
      .attempt({ session: person, person }, () => {
        state.sent.push(person)
        return state.answer()
      })
      .catch((error: unknown) =>
        isAuthError(error) ? `${error.code} ${error.retryAfter ?? ''}`.trim() : String(error),
      )
  const fails = (make: () => unknown) => {
    state.answer = () => Promise.reject(make())
  }
  return { clock, pauses, asked, patience, state, ask, fails }
}

describe('whoever tries for all whether the server is well again', () => {
  it('lets somebody else be the next, having failed', async () => {
    const { clock, ask, fails, state } = createWorld()
    fails(lost)
    await ask('ada')
    clock.time += 250
    // The first failure was nobody's turn.
    await ask('ada')
    clock.time += 500
    expect(await ask('ada')).toBe('network 250')
    await ask('bob')
    expect(state.sent).toEqual(['ada', 'ada', 'bob'])
  })

  it('begins anew once there was an answer', async () => {
    const { clock, ask, fails, state } = createWorld()
    fails(lost)
    await ask('ada')
    clock.time += 250
    await ask('ada')
    clock.time += 750
    state.answer = fine
    expect(await ask('ada')).toBe('new tokens')
    fails(lost)
    await ask('bob')
    clock.time += 250
    await ask('ada')
    expect(await ask('ada')).toBe('network 750')
  })

  it('keeps the others out for a moment only by a failure of its own', async () => {
    const { clock, ask, fails, state } = createWorld()
    fails(lost)
    await ask('ada')
    clock.time += 250
    fails(broken)
    await ask('bob')
    expect(await ask('cleo')).toBe('server_error 250')
    clock.time += 250
    state.answer = fine
    expect(await ask('cleo')).toBe('new tokens')
  })

  it.each<readonly [string, () => unknown]>([
    ['a bug', () => new TypeError('a bug')],
    ['nothing', () => undefined],
  ])('says nothing of the server by %s', async (_, thrown) => {
    const { clock, ask, fails, asked } = createWorld()
    fails(lost)
    await ask('ada')
    clock.time += 250
    fails(thrown)
    expect(await ask('bob')).toBe(String(thrown()))
    expect(asked.resume).toBe(0)
    expect(await ask('cleo')).toBe('network 250')
  })

  it('is heard of at once by those who wait, and leaves no timer', async () => {
    const { clock, ask, fails, state } = createWorld()
    fails(lost)
    await ask('ada')
    clock.time += 250
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let answer = (_: string): void => {}
    state.answer = () =>
      new Promise((resolve) => {
        answer = resolve
      })
    const told: string[] = []
    const asks = ['bob', 'cleo'].map((person) => ask(person).then((text) => told.push(text)))
    await turns()
    state.answer = fine
    answer('new tokens')
    await Promise.all(asks)
    expect([told, vi.getTimerCount()]).toEqual([['new tokens', 'new tokens'], 0])
  })

  it('is heard of at once also where it was too late to try', async () => {
    const { clock, patience, pauses, fails, ask } = createWorld()
    let release = (): void => {}
    let repeats: Promise<boolean> | undefined
    const late = patience.attempt({ session: 'ada', person: 'ada' }, async ({ mayRepeat }) => {
      await pauses.pause('server', { error: lost(), failures: 1 }, 0)
      const { admit } = pauses
      const slow = vi.spyOn(pauses, 'admit').mockImplementationOnce(async (...given) => {
        await new Promise<void>((resolve) => {
          release = resolve
        })
        return admit(...given)
      })
      repeats = mayRepeat()
      await turns()
      expect(slow).toHaveBeenCalled()
      throw new TypeError('Out of time.')
    })
    await late.catch(() => {})
    release()
    expect(await repeats).toBe(false)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    fails(lost)
    clock.time += 100
    expect(await ask('bob')).toBe('network 150')
  })
})

describe('a failure that may be of one session', () => {
  it('counts no more against the server after an answer to somebody', async () => {
    const { ask, fails, state } = createWorld()
    fails(broken)
    for (const person of ['ada', 'bob']) await ask(person)
    state.answer = fine
    expect(await ask('cleo')).toBe('new tokens')
    fails(broken)
    await ask('dora')
    state.answer = fine
    expect(await ask('emil')).toBe('new tokens')
  })

  it('is forgotten after a success of that session', async () => {
    const { clock, ask, fails, state } = createWorld()
    fails(broken)
    await ask('ada')
    expect(await ask('ada')).toBe('server_error 500')
    clock.time += 500
    await ask('ada')
    expect(await ask('ada')).toBe('server_error 750')
    clock.time += 750
    state.answer = fine
    await ask('ada')
    fails(broken)
    await ask('ada')
    expect(await ask('ada')).toBe('server_error 500')
  })

  it('is the server’s where it is that of very many, with no answer in between', async () => {
    const { clock, ask, fails, state } = createWorld()
    fails(broken)
    for (let at = 0; at < 30_000; at += 500) {
      for (let person = 0; person < 5; person += 1) await ask(`person ${person} at ${at}`)
      clock.time += 500
    }
    expect(state.sent.length).toBeLessThan(15)
  })

  it('keeps nobody else out where it is a mistake of ours', async () => {
    const { ask, fails, state, asked } = createWorld()
    for (const thrown of [() => new AuthError('invalid_argument', 'x'), () => new TypeError('x')]) {
      fails(thrown)
      await ask('ada')
    }
    state.answer = fine
    expect(await ask('bob')).toBe('new tokens')
    expect(asked.pause).toBe(0)
  })
})

describe('what all processes share', () => {
  it('is asked one thing for each call, while the server is well and while it is left alone', async () => {
    const { clock, ask, fails, asked } = createWorld()
    for (const person of ['ada', 'bob']) await ask(person)
    expect(asked).toEqual({ admit: 2, pause: 0, resume: 0 })
    fails(lost)
    await ask('ada')
    clock.time += 250
    await ask('bob')
    const before = asked.admit
    for (const person of ['cleo', 'dora']) await ask(person)
    expect(asked.admit - before).toBe(2)
  })
})

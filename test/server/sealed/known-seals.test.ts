import crypto from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import { createKnownSeals } from '../../../src/server/sealed/known-seals.js'
import { type Password, sealText, unsealText } from '../../../src/server/sealed/seal.js'
import { fc } from '../../support/fast-check.js'
import { createStage, OTHER, PASSWORD, START, signed, success } from './sealed-sessions-stage.js'

const now = (): number => START
const read = (text: string): { readonly text: string } => ({ text })
const reader = (isGood = (_: { readonly text: string }) => true) =>
  createKnownSeals({ read, isGood })

/** How often keys are derived from a password: twice for each seal that opens. */
const derivations = () => vi.spyOn(crypto, 'pbkdf2Sync')

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a seal that was opened', () => {
  it('is known when it comes again, and costs no cryptography', async () => {
    const open = reader()
    const sealed = await sealText('{"a":1}', PASSWORD)
    const derive = derivations()
    const first = await open(sealed, PASSWORD, now)
    expect(derive).toHaveBeenCalledTimes(2)
    const copy = sealed.split('').join('')
    expect(await open(copy, [PASSWORD], now)).toEqual(first)
    expect(derive).toHaveBeenCalledTimes(2)
    await open(await sealText('{"a":1}', PASSWORD), PASSWORD, now)
    expect(derive).toHaveBeenCalledTimes(2 + 2 + 2)
  })

  it('is not known by a password that was taken off the list, nor by one that was put on it', async () => {
    const open = reader()
    const sealed = await sealText('{}', PASSWORD)
    const both = [OTHER, PASSWORD]
    expect(await open(sealed, both, now)).toEqual({ text: '{}' })
    expect(await open(sealed, OTHER, now)).toBeNull()
    expect(await open(sealed, [OTHER], now)).toBeNull()
    both.pop()
    expect(await open(sealed, both, now)).toBeNull()
    const derive = derivations()
    expect(await open(sealed, [OTHER, PASSWORD], now)).toEqual({ text: '{}' })
    expect(derive).not.toHaveBeenCalled()
    expect(await open(sealed, [PASSWORD, OTHER], now)).toEqual({ text: '{}' })
    expect(derive).toHaveBeenCalled()
  })

  it('is known until it ends, to the millisecond', async () => {
    let time = START
    const open = reader()
    const sealed = await sealText('{}', PASSWORD, { ttl: 1_000, now })
    expect(await open(sealed, PASSWORD, () => time)).toEqual({ text: '{}' })
    time += 60_999
    expect(await open(sealed, PASSWORD, () => time)).toEqual({ text: '{}' })
    time += 1
    expect(await open(sealed, PASSWORD, () => time)).toBeNull()
    time -= 1
    expect(await open(sealed, PASSWORD, () => time)).toEqual({ text: '{}' })
    expect(await open(sealed, PASSWORD, () => Number.NaN)).toBeNull()
  })

  it('is frozen: whoever got it cannot change what the next one gets', async () => {
    const parse = (text: string): unknown => JSON.parse(text)
    const open = createKnownSeals({ read: parse, isGood: () => true })
    const sealed = await sealText('{"user":{"roles":["member"]}}', PASSWORD)
    for (let turn = 0; turn < 2; turn += 1) {
      const { user } = Object(await open(sealed, PASSWORD, now))
      expect(Reflect.set(user, 'id', 'user_2')).toBe(false)
      expect(Reflect.set(user.roles, 0, 'admin')).toBe(false)
      expect(user).toEqual({ roles: ['member'] })
    }
  })

  it('is known within one reader only', async () => {
    const sealed = await sealText('{}', PASSWORD)
    await reader()(sealed, PASSWORD, now)
    const derive = derivations()
    await reader()(sealed, PASSWORD, now)
    expect(derive).toHaveBeenCalledTimes(2)
  })

  it('is not pushed out by what strangers send, however much that is', async () => {
    const open = reader()
    const sealed = await sealText('{}', PASSWORD)
    await open(sealed, PASSWORD, now)
    const [head = ''] = sealed.split('~')
    for (let n = 0; n < 6_000; n += 1) {
      expect(
        await open(`${head.slice(0, -4)}${String(n).padStart(4, '0')}~2`, PASSWORD, now),
      ).toBeNull()
    }
    const derive = derivations()
    expect(await open(sealed, PASSWORD, now)).toEqual({ text: '{}' })
    expect(derive).not.toHaveBeenCalled()
  })

  it('is not remembered when what it holds is no good', async () => {
    const open = reader(({ text }) => text !== 'bad')
    const derive = derivations()
    const sealed = await sealText('bad', PASSWORD)
    for (let turn = 0; turn < 2; turn += 1) {
      derive.mockClear()
      expect(await open(sealed, PASSWORD, now)).toEqual({ text: 'bad' })
      expect(derive).toHaveBeenCalledTimes(2)
    }
  })

  it('opens whenever it would open anew, and at no other time', async () => {
    const seals = await Promise.all(
      [PASSWORD, OTHER].flatMap((password) => [
        sealText('{}', password),
        sealText('{}', password, { ttl: 1, now }),
        sealText('{}', password, { ttl: 120_000, now }).then(encodeURIComponent),
      ]),
    )
    const texts = [...seals, ...seals.map((sealed) => sealed.replace(/.(?=.{9}$)/, 'x'))]
    const use = fc.record({
      sealed: fc.constantFrom(...texts, 'junk'),
      password: fc.constantFrom<Password>(PASSWORD, OTHER, [PASSWORD, OTHER], [OTHER, PASSWORD]),
      time: fc.constantFrom(0, 60_000, 60_001, 179_999, 180_000).map((ms) => START + ms),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(use, { maxLength: 30 }), async (uses) => {
        const open = reader()
        for (const { sealed, password, time } of uses) {
          const anew = await unsealText(sealed, password, { now: () => time })
          expect((await open(sealed, password, () => time))?.text ?? null).toBe(anew)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('refuses an unfit password whatever it knows', async () => {
    const open = reader()
    const sealed = await sealText('{}', PASSWORD)
    await open(sealed, PASSWORD, now)
    await expect(open(sealed, 'short', now)).rejects.toMatchObject({ code: 'invalid_argument' })
  })
})

describe('a session whose cookie is known', () => {
  it('says of itself what it said at first, and opens no seal for it', async () => {
    const { cookie, load } = createStage(signed)
    const sealed = await cookie()
    const first = success(await load(sealed).getSession())
    const derive = derivations()
    const again = success(await load(sealed).getSession())
    expect(again).toEqual(first)
    expect(Reflect.set(again.user, 'id', 'user_2')).toBe(false)
    expect(derive).not.toHaveBeenCalled()
  })

  it('is over with its token, by the clock of each request', async () => {
    const { cookie, load, clock } = createStage(signed)
    const sealed = await cookie()
    for (const [wait, authenticated] of [
      [0, true],
      [299_999, true],
      [1, false],
      [-1, true],
    ] as const) {
      clock.time += wait
      expect(await load(sealed).getSession()).toMatchObject({ signedIn: authenticated })
    }
  })

  it('is over at once when somebody signs out of it, here or in another process', async () => {
    const { cookie, load, sessions, start, clock } = createStage(signed)
    const [here, there] = [await cookie(), await cookie()]
    const password = PASSWORD
    for (const sealed of [here, there]) success(await load(sealed).getSession())
    await sessions.signOut({ value: here, password })
    const over = { signedIn: false, reason: 'invalid_session_cookie' }
    expect(await load(here).getSession()).toMatchObject(over)
    expect(await load(here).refreshSession()).toMatchObject({ reason: 'invalid_grant' })
    expect(await load(there).getSession()).toMatchObject({ signedIn: true })

    const shared = memoryCoordinator({ now: clock.now })
    const [one, other] = [start(shared), start(shared)]
    const warm = { value: there, password }
    success(await one.openSession(warm).getSession())
    await other.signOut(warm)
    expect(await one.openSession(warm).getSession()).toMatchObject(over)
  })

  it('is nobody’s for certain while the issuer publishes no key', async () => {
    const { cookie, load, server, clock } = createStage({
      ...signed,
      accessTokenLifetime: 3_600_000,
    })
    const sealed = await cookie()
    success(await load(sealed).getSession())
    clock.time += 10 * 60_000
    server.fail(
      { type: 'status', status: 200, body: '{"keys":[]}' },
      { path: '/sso/jwks/client_scripted' },
    )
    expect(await load(sealed).getSession()).toMatchObject({
      signedIn: false,
      retryable: true,
    })
  })

  it('is opened anew by an app whose password is another', async () => {
    const { cookie, load } = createStage(signed)
    const sealed = await cookie()
    success(await load(sealed).getSession())
    expect(await load(sealed, OTHER).getSession()).toMatchObject({
      reason: 'invalid_session_cookie',
    })
  })
})

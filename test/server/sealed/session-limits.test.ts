import { describe, expect, it } from 'vitest'
import { AuthError } from '../../../src/core/errors.js'
import { createRequestSessions } from '../../../src/server/requests/request-sessions.js'
import { sealText } from '../../../src/server/sealed/seal.js'
import type { SessionLimits } from '../../../src/server/sealed/session-limits.js'
import { createOpaqueStage, MINUTE, password } from './opaque-stage.js'
import { opened, success } from './sealed-sessions-stage.js'

const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** What looks like a seal, and is none. */
const FORGED = `Fe26.2*1*${'a'.repeat(64)}*${'b'.repeat(22)}*${'c'.repeat(64)}**${'d'.repeat(64)}*${'e'.repeat(43)}~2`
const expired = { signedIn: false, retryable: false, reason: 'session_expired' }

describe('the absolute limit of a session', () => {
  it('ends it, however busy it is, and the auth server is told once', async () => {
    const { signIn, load, clock, revoked, tokens } = createOpaqueStage({
      limits: { absolute: DAY },
    })
    let sealed = await signIn()
    for (let hour = 0; hour < 24; hour += 1) {
      sealed = success(await load(sealed).refreshSession()).sealed
      clock.time += HOUR
    }
    expect(await load(sealed).getSession()).toEqual(expired)
    expect(await load(sealed).refreshSession()).toEqual(expired)
    await expect.poll(() => revoked).toEqual([`opaque-${tokens.spent}`])
    expect(tokens.spent).toBe(24)
  })

  it('is 400 days where nobody says otherwise, as no cookie may be older', async () => {
    const { signIn, load, clock } = createOpaqueStage()
    const sealed = await signIn()
    clock.time += 400 * DAY - 1
    expect(await load(sealed).refreshSession()).toMatchObject({ signedIn: true })
    clock.time += 1
    expect(await load(sealed).refreshSession()).toEqual(expired)
  })

  it('counts for seals that do not say when they began from when they are sealed next', async () => {
    const { signIn, load, clock } = createOpaqueStage({ limits: { absolute: DAY } })
    const { startedAt: _, ...old } = await opened(await signIn())
    const sealed = await sealText(JSON.stringify(old), password)
    clock.time += 30 * DAY
    const renewed = success(await load(sealed).refreshSession()).sealed
    clock.time += DAY - 1
    expect(await load(renewed).refreshSession()).toMatchObject({ signedIn: true })
    clock.time += 1
    expect(await load(renewed).refreshSession()).toEqual(expired)
  })

  it('may be another one for one session, sealed in it', async () => {
    const { signIn, load, clock } = createOpaqueStage({ limits: { absolute: HOUR } })
    const remembered = await signIn({}, { absolute: 30 * DAY })
    clock.time += 29 * DAY
    const renewed = success(await load(remembered).refreshSession()).sealed
    expect(await load(renewed).getSession()).toMatchObject({ signedIn: true })
    clock.time += DAY
    expect(await load(renewed).getSession()).toEqual(expired)
  })
})

describe('the idle limit of a session', () => {
  const idle = { limits: { idle: HOUR } }

  it('ends it when nobody has used it for so long', async () => {
    const { signIn, load, clock, revoked } = createOpaqueStage(idle)
    const sealed = await signIn()
    clock.time += HOUR - 1
    expect(await load(sealed).refreshSession()).toMatchObject({ signedIn: true })
    clock.time += 1
    expect(await load(sealed).getSession()).toEqual(expired)
    await expect.poll(() => revoked.length).toBe(1)
  })

  it('counts from the last refresh', async () => {
    const { signIn, load, clock } = createOpaqueStage(idle)
    let sealed = await signIn()
    for (let round = 0; round < 5; round += 1) {
      clock.time += HOUR - 1
      sealed = success(await load(sealed).refreshSession()).sealed
    }
    expect(await load(sealed).getSession()).toMatchObject({ signedIn: true })
  })

  it('counts from the last use that was kept beside it', async () => {
    const { signIn, load, clock } = createOpaqueStage(idle)
    const sealed = await signIn({ lifetime: DAY })
    clock.time += 50 * MINUTE
    const use = await load(sealed).noteUse()
    clock.time += 50 * MINUTE
    expect(await load(sealed, use).getSession()).toMatchObject({ signedIn: true })
    clock.time += 10 * MINUTE
    expect(await load(sealed, use).getSession()).toEqual(expired)
  })

  it('counts from the newest of several, whatever others planted beside it', async () => {
    const { signIn, load, clock } = createOpaqueStage(idle)
    const [sealed, other] = [await signIn({ lifetime: DAY }), await signIn({ lifetime: DAY })]
    clock.time += 20 * MINUTE
    const older = await load(sealed).noteUse()
    clock.time += 20 * MINUTE
    const foreign = await load(other).noteUse()
    const newer = await load(sealed).noteUse()
    clock.time += 50 * MINUTE
    const uses = [FORGED, foreign ?? '', older ?? '', newer ?? '']
    for (const use of [uses, [...uses].reverse()]) {
      expect(await load(sealed, use).getSession()).toMatchObject({ signedIn: true })
    }
    expect(await load(sealed, [FORGED, foreign ?? '', older ?? '']).getSession()).toEqual(expired)
  })

  it('is not lengthened by a use of another session, of nobody, or of none at all', async () => {
    const { signIn, load, clock } = createOpaqueStage(idle)
    const [sealed, other] = [await signIn({ lifetime: DAY }), await signIn({ lifetime: DAY })]
    clock.time += 50 * MINUTE
    const uses = [
      await load(other).noteUse(),
      await sealText('{"session":1,"usedAt":9e15}', password),
      await sealText('null', password),
      'Fe26.2*nonsense',
      '',
      other,
    ]
    clock.time += 10 * MINUTE
    for (const use of uses) expect(await load(sealed, use).getSession()).toEqual(expired)
  })

  it('brings back nobody whose session had come to it: such a use is not noted', async () => {
    const { signIn, load, clock } = createOpaqueStage(idle)
    const sealed = await signIn({ lifetime: DAY })
    clock.time += HOUR
    expect(await load(sealed).noteUse()).toBeNull()
  })

  it('is not noted again at once, and never where there is no limit', async () => {
    const { signIn, load, clock } = createOpaqueStage(idle)
    const sealed = await signIn({ lifetime: DAY })
    clock.time += MINUTE
    expect(await load(sealed).noteUse()).toBeNull()
    const without = createOpaqueStage()
    const free = await without.signIn()
    without.clock.time += 10 * HOUR
    expect(await without.load(free).noteUse()).toBeNull()
  })

  it('costs nobody a session by a clock that was set back', async () => {
    const { signIn, load, clock } = createOpaqueStage(idle)
    const sealed = await signIn({ lifetime: DAY })
    clock.time -= 30_000
    expect(await load(sealed).getSession()).toMatchObject({ signedIn: true })
  })

  it('is not lengthened by a clock that was a day ahead when the seal was made', async () => {
    const { signIn, load, clock } = createOpaqueStage(idle)
    clock.time += DAY
    const sealed = await signIn({ lifetime: 3 * DAY })
    const ahead = await load(sealed).noteUse()
    clock.time -= DAY - MINUTE
    const use = await load(sealed, ahead).noteUse()
    clock.time += HOUR
    expect(await load(sealed, use).getSession()).toEqual(expired)
  })

  it('ends it where no clock says how late it is', async () => {
    const { signIn } = createOpaqueStage(idle)
    const sealed = await signIn({ lifetime: DAY })
    const { load } = createOpaqueStage({ ...idle, now: () => Number.NaN })
    expect(await load(sealed).getSession()).toEqual(expired)
  })
})

describe('limits in the cookies of requests', () => {
  async function createBrowser(limits: SessionLimits) {
    const stage = createOpaqueStage({ limits })
    const requests = createRequestSessions({
      sessions: stage.sessions,
      cookie: { password },
      now: stage.clock.now,
    })
    const jar = new Map<string, string>()
    const header = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const store = (setCookies: readonly string[]) => {
      for (const one of setCookies) {
        const [, name = '', value = '', rest = ''] = /^([^=]+)=([^;]*)(.*)$/.exec(one) ?? []
        if (/Max-Age=0;/.test(`${rest};`)) jar.delete(name)
        else jar.set(name, value)
      }
    }
    const { setCookies } = await requests.setSession(
      stage.grant({ user: { id: 'ada' }, lifetime: DAY }),
      null,
    )
    store(setCookies)
    const visit = async (options?: Parameters<typeof requests.getSession>[1]) => {
      const found = await requests.getSession(header(), options)
      store(found.setCookies)
      return found
    }
    return { ...stage, jar, visit, requests, header, store }
  }

  it('keep somebody signed in who comes now and then, without a refresh', async () => {
    const { visit, clock, tokens, jar } = await createBrowser({ idle: HOUR })
    for (let round = 0; round < 20; round += 1) {
      clock.time += 50 * MINUTE
      expect((await visit()).session?.user.id).toBe('ada')
    }
    expect(tokens.spent).toBe(0)
    expect([...jar.keys()]).toEqual(['__Host-holdfast', '__Host-holdfast-used'])
    clock.time += HOUR
    const { session, failure } = await visit()
    expect([session, failure?.reason]).toEqual([null, 'session_expired'])
    expect([...jar.keys()]).toEqual([])
  })

  it('count what readers see that set no cookie, as far as others noted it', async () => {
    const { visit, clock } = await createBrowser({ idle: HOUR })
    clock.time += 50 * MINUTE
    await visit()
    clock.time += 50 * MINUTE
    expect((await visit({ refresh: 'never' })).session?.user.id).toBe('ada')
    clock.time += 10 * MINUTE
    expect(await visit({ refresh: 'never' })).toMatchObject({
      session: null,
      sealed: null,
      failure: { reason: 'session_expired' },
      setCookies: [],
    })
  })

  it('sign nobody out who was there all through an outage, also when the token is dead', async () => {
    const { visit, clock, tokens } = await createBrowser({ idle: HOUR })
    const come = async (hours: number) => {
      for (let round = 0; round < hours * 2; round += 1) {
        clock.time += 30 * MINUTE
        await visit()
      }
    }
    await come(23)
    tokens.answer = new AuthError('network', 'There was no answer.')
    await come(10)
    tokens.answer = null
    clock.time += MINUTE
    expect((await visit()).session?.accessToken).toBe('opaque-1')
  })

  it('sign nobody out for a use that another host has planted, or of a session before', async () => {
    const { visit, clock, requests, header, sessions, grant, jar } = await createBrowser({
      idle: HOUR,
    })
    clock.time += 50 * MINUTE
    await visit()
    const value = await sessions.sealSession(grant({ user: { id: 'bob' }, lifetime: DAY }), {
      password,
    })
    clock.time += 40 * MINUTE
    const stale = await sessions.openSession({ value, password }).noteUse()
    for (const planted of [FORGED, stale ?? '']) {
      const Cookie = `__Host-holdfast-used=${planted}; ${header()}`
      const found = await requests.getSession(Cookie, { refresh: 'never' })
      expect(found.session?.user.id).toBe('ada')
    }
    expect(jar.size).toBe(2)
  })

  it('leave no cookie behind at a sign-out', async () => {
    const { visit, clock, jar, requests, header, store } = await createBrowser({ idle: HOUR })
    clock.time += 30 * MINUTE
    await visit()
    expect(jar.size).toBe(2)
    store((await requests.signOut(header())).setCookies)
    expect(jar.size).toBe(0)
  })
})

describe('limits that are none', () => {
  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '1'])(
    'such as %s are refused',
    async (value) => {
      for (const name of ['absolute', 'idle']) {
        const limits = { [name]: value }
        expect(() => createOpaqueStage({ limits })).toThrow(`limits.${name}`)
        const { sessions, grant } = createOpaqueStage()
        const options = { password, limits }
        const sealing = sessions.sealSession(grant({ user: { id: 'ada' } }), options)
        await expect(sealing).rejects.toMatchObject({ code: 'invalid_argument' })
      }
    },
  )
})

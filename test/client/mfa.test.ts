import { describe, expect, it, vi } from 'vitest'
import { ADA, createMfaWorld, ROTATIONS } from '../support/mfa-world.js'
import { PATIENT } from '../support/patient.js'

describe('a code of an authenticator app', () => {
  it('raises the session: the same one, with its own event, in the other tabs too', async () => {
    const { enrolled, open, clock } = createMfaWorld()
    const { auth, factors, events, session, factorId, code } = await enrolled()
    const sibling = open()
    await sibling.auth.getSession()
    const { id: challengeId, expiresAt } = await factors.challenge({ factorId })
    expect(expiresAt).toBe(Math.floor(clock.now() / 1000) * 1000 + 300_000)
    const raised = await factors.verify({ factorId, challengeId, code })
    await clock.settle()
    expect(raised).toMatchObject({ aal: 'aal2', sessionId: session?.sessionId })
    expect(raised.amr?.map(({ method }) => method).sort()).toEqual(['password', 'totp'])
    expect(await auth.getSession()).toEqual(raised)
    expect(events).toEqual(['INITIAL_SESSION -', 'SIGNED_IN aal1', 'MFA_CHALLENGE_VERIFIED aal2'])
    expect(sibling.events).toEqual(['INITIAL_SESSION aal1', 'TOKEN_REFRESHED aal2'])
  })

  it('is typed with blanks, as apps show it', async () => {
    const { enrolled } = createMfaWorld()
    const { factors, factorId, code } = await enrolled()
    const typed = `${code.slice(0, 3)} ${code.slice(3)}`
    expect(await factors.challengeAndVerify({ factorId, code: typed })).toMatchObject({
      aal: 'aal2',
    })
  })

  it('that is wrong keeps the session as it is, and says so', async () => {
    const { enrolled, clock } = createMfaWorld()
    const { auth, factors, events, session, factorId } = await enrolled()
    await expect(factors.challengeAndVerify({ factorId, code: '0' })).rejects.toMatchObject({
      code: 'invalid_credentials',
      serverCode: 'mfa_verification_failed',
    })
    await clock.settle()
    expect(await auth.getSession()).toEqual(session)
    expect(events).toHaveLength(2)
  })

  it('that comes after five minutes is late', async () => {
    const { enrolled, clock, server } = createMfaWorld()
    const { factors, factorId } = await enrolled()
    const { id: challengeId } = await factors.challenge({ factorId })
    await clock.advance(301_000)
    const code = await server.totpCode(factorId)
    await expect(factors.verify({ factorId, challengeId, code })).rejects.toMatchObject({
      code: 'invalid_credentials',
      serverCode: 'mfa_challenge_expired',
    })
  })

  it('ends the sessions of the person elsewhere that have proved one factor only', async () => {
    const { enrolled, server } = createMfaWorld()
    const { factors, factorId, code, session } = await enrolled()
    const elsewhere = await server.fetch('http://localhost/auth/v1/token?grant_type=password', {
      method: 'POST',
      body: JSON.stringify(ADA),
    })
    expect(elsewhere.status).toBe(200)
    await factors.challengeAndVerify({ factorId, code })
    expect(server.sessions().map(({ id }) => id)).toEqual([session?.sessionId])
  })
})

describe.each(ROTATIONS)(
  'the refresh token from before, with $rotation, $reuseInterval ms and errors $errors',
  (rotation) => {
    it('is never sent again: the next refresh has the new one, and the session lives', async () => {
      const { enrolled, presented } = createMfaWorld(rotation)
      const { auth, factors, factorId, code, session } = await enrolled()
      const raised = await factors.challengeAndVerify({ factorId, code })
      const { session: next } = await auth.refreshSession()
      expect(presented()).toEqual([raised.refreshToken])
      expect(next).toMatchObject({ aal: 'aal2', sessionId: session?.sessionId })
    })

    it('is not sent by another tab that refreshes meanwhile: it waits, and has the new one', async () => {
      let answer = (): void => {}
      const gate = new Promise<void>((resolve) => {
        answer = resolve
      })
      const world = createMfaWorld({ ...rotation, wait: () => gate })
      const { factors, factorId, code } = await world.enrolled()
      const sibling = world.open()
      await sibling.auth.getSession()
      const path = `/factors/${factorId}/verify`
      world.server.fail({ type: 'slow', delay: 1 }, { path })
      const verified = factors.challengeAndVerify({ factorId, code })
      await vi.waitUntil(() => world.server.requests.at(-1)?.path === path, PATIENT)
      const refreshed = sibling.auth.refreshSession()
      await world.clock.settle()
      expect(world.presented()).toEqual([])
      answer()
      const { refreshToken } = await verified
      expect((await refreshed).session.aal).toBe('aal2')
      expect(world.presented()).toEqual([refreshToken])
    })

    it('is not spent twice where the other tab was first: the code goes with the newer session', async () => {
      const { enrolled, open, clock, presented } = createMfaWorld(rotation)
      const { auth, factors, factorId, code, session } = await enrolled()
      const sibling = open()
      await sibling.auth.getSession()
      const refreshed = sibling.auth.refreshSession()
      const verified = factors.challengeAndVerify({ factorId, code })
      await clock.settle()
      await refreshed
      expect(await verified).toMatchObject({ aal: 'aal2' })
      await auth.refreshSession()
      expect(presented()).toEqual([session?.refreshToken, (await verified).refreshToken])
    })

    it('stays unsent where the answer with the new one is lost: an app’s code proves it anew', async () => {
      const { enrolled, server, presented } = createMfaWorld(rotation)
      const { auth, factors, factorId, code } = await enrolled()
      server.fail({ type: 'lose-response' }, { path: `/factors/${factorId}/verify` })
      const raised = await factors.challengeAndVerify({ factorId, code })
      expect(raised.aal).toBe('aal2')
      expect((await auth.refreshSession()).session.aal).toBe('aal2')
      expect(presented()).toEqual([raised.refreshToken])
    })
  },
)

describe('an answer that is lost', () => {
  it.each(ROTATIONS.filter(({ rotation, reuseInterval }) => rotation === 'v1' || reuseInterval))(
    'to a challenge that was taken is fetched by a refresh, with $rotation, $reuseInterval ms and errors $errors',
    async (rotation) => {
      const { enrolled, server, clock } = createMfaWorld(rotation)
      const { factors, factorId, code, session, events } = await enrolled()
      const { id: challengeId } = await factors.challenge({ factorId })
      server.fail({ type: 'lose-response' }, { path: `/factors/${factorId}/verify` })
      const raised = await factors.verify({ factorId, challengeId, code })
      await clock.settle()
      expect(raised).toMatchObject({ aal: 'aal2', sessionId: session?.sessionId })
      expect(events.at(-1)).toBe('TOKEN_REFRESHED aal2')
    },
  )

  it('of a server that forgives no old token ends the session: that refusal is the server’s word', async () => {
    const { enrolled, server } = createMfaWorld({ rotation: 'v2', reuseInterval: 0 })
    const { auth, factors, factorId, code } = await enrolled()
    const { id: challengeId } = await factors.challenge({ factorId })
    server.fail({ type: 'lose-response' }, { path: `/factors/${factorId}/verify` })
    await expect(factors.verify({ factorId, challengeId, code })).rejects.toMatchObject({
      code: 'refresh_rejected',
    })
    expect(auth.getSnapshot().status).toBe('signed-out')
  })

  it('of a server that had not taken it costs nothing: the code is sent once more', async () => {
    const { enrolled, server } = createMfaWorld({ rotation: 'v2', reuseInterval: 0 })
    const { factors, factorId, code } = await enrolled()
    const { id: challengeId } = await factors.challenge({ factorId })
    server.fail({ type: 'drop' }, { path: `/factors/${factorId}/verify` })
    expect((await factors.verify({ factorId, challengeId, code })).aal).toBe('aal2')
  })

  it('does not pass for a proof when the code was wrong all along', async () => {
    const { enrolled, server } = createMfaWorld()
    const { auth, factors, factorId } = await enrolled()
    const { id: challengeId } = await factors.challenge({ factorId })
    server.fail({ type: 'drop' }, { path: `/factors/${factorId}/verify` })
    await expect(factors.verify({ factorId, challengeId, code: '0' })).rejects.toMatchObject({
      serverCode: 'mfa_verification_failed',
    })
    expect((await auth.getSession())?.aal).toBe('aal1')
  })

  it('does not pass for a second proof of a session that was raised before', async () => {
    const { enrolled, server } = createMfaWorld()
    const { factors, factorId, code } = await enrolled()
    await factors.challengeAndVerify({ factorId, code })
    const { id: challengeId } = await factors.challenge({ factorId })
    server.fail({ type: 'drop' }, { path: `/factors/${factorId}/verify` })
    server.expireChallenge(challengeId)
    await expect(factors.verify({ factorId, challengeId, code })).rejects.toMatchObject({
      serverCode: 'mfa_challenge_expired',
    })
  })

  it('in an outage is the caller’s to repeat: the session stays, and nobody hears of it', async () => {
    const { enrolled, server, clock } = createMfaWorld()
    const { auth, factors, factorId, code, session, events } = await enrolled()
    server.fail({ type: 'status', status: 503 }, { path: `/factors/${factorId}/verify`, times: 2 })
    const { id: challengeId } = await factors.challenge({ factorId })
    await expect(factors.verify({ factorId, challengeId, code })).rejects.toMatchObject({
      code: 'server_error',
      retryable: true,
    })
    await clock.settle()
    expect(await auth.getSession()).toEqual(session)
    expect(events).toHaveLength(2)
    expect((await factors.verify({ factorId, challengeId, code })).aal).toBe('aal2')
  })

  it('in a limit is not asked for again', async () => {
    const { enrolled, server } = createMfaWorld()
    const { factors, factorId, code } = await enrolled()
    const path = `/factors/${factorId}/verify`
    server.fail({ type: 'rate-limited' }, { path })
    await expect(factors.challengeAndVerify({ factorId, code })).rejects.toMatchObject({
      code: 'rate_limited',
    })
    expect(server.requests.filter((request) => request.path === path)).toHaveLength(1)
  })
})

describe('a session that is too old', () => {
  it('is refreshed before a code is sent', async () => {
    const { enrolled, clock, server } = createMfaWorld()
    const { factors, factorId } = await enrolled()
    await clock.advance(3_700_000)
    const code = await server.totpCode(factorId)
    expect((await factors.challengeAndVerify({ factorId, code })).aal).toBe('aal2')
  })

  it('at the server, whose token is refused, is exchanged, and the code is sent with the new one', async () => {
    const { enrolled, server } = createMfaWorld()
    const { factors, factorId, code } = await enrolled()
    server.rotateKeys()
    expect((await factors.challengeAndVerify({ factorId, code })).aal).toBe('aal2')
  })
})

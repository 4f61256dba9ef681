import { expect, it } from 'vitest'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { ADA, createMfaWorld } from '../support/mfa-world.js'

const BOB = { email: 'bob@example.com', password: 'secret-2' }

it('a proof whose answer was lost never passes for that of somebody who signed in meanwhile', async () => {
  const world = createMfaWorld({ users: [ADA, BOB] })
  const bob = world.open()
  let lost = 0
  let raised: Promise<unknown> | undefined
  const provider = gotrue({
    url: 'http://localhost/auth/v1',
    now: world.clock.now,
    async fetch(input, init) {
      const answer = await world.server.fetch(input, init)
      if (!String(input).endsWith('/verify')) return answer
      if (lost++ === 0) throw new TypeError('lost')
      // Taken already, says the server. Now Bob signs in, who has proved more than Ada had.
      await bob.auth.signIn(BOB)
      const { id } = await bob.factors.enroll({ type: 'totp' })
      const code = await world.server.totpCode(id)
      raised = bob.factors.challengeAndVerify({ factorId: id, code })
      return answer
    },
  })
  const { auth, factors } = world.open({ provider })
  await auth.signIn(ADA)
  const { id: factorId } = await factors.enroll({ type: 'totp' })
  const { id: challengeId } = await factors.challenge({ factorId })
  const code = await world.server.totpCode(factorId)
  await expect(factors.verify({ factorId, challengeId, code })).rejects.toMatchObject({
    name: 'AuthError',
    status: expect.any(Number),
  })
  await expect(raised).resolves.toMatchObject({ user: { email: BOB.email } })
})

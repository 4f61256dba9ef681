import { describe, expect, it } from 'vitest'
import { createOidc, createOidcSessions } from '../../src/server/oidc/index.js'
import { sealText } from '../../src/server/sealed/seal.js'
import { createSealedSessions } from '../../src/server/sealed/sealed-sessions.js'
import { createScriptedOidc } from '../../src/testing/index.js'
import { createOidcServerWorld, PASSWORD } from '../server/oidc/oidc-server-world.js'
import { jwt } from '../support/wire.js'

const OTHER = 'https://staff.example'

/** An app that has its customers at one server and its staff at another, and one password for both. */
async function createApp() {
  const customers = createOidcServerWorld()
  const staff = createScriptedOidc({ issuer: OTHER, clock: customers.clock, signing: 'digest' })
  const client = createOidc({ ...customers.settings, issuer: OTHER, fetch: staff.fetch })
  const sessions = createOidcSessions({ ...customers.sealedOptions, server: client })
  const load = (value: string) => sessions.openSession({ value, password: PASSWORD })
  return { customers, staff, load, value: await customers.seal() }
}

describe('a seal of another auth server of the app, made with the same password', () => {
  it('is nobody’s here, and its tokens are not sent to this one', async () => {
    const { customers, staff, load, value } = await createApp()
    expect(await customers.load(value).getSession()).toMatchObject({ signedIn: true })
    expect(await load(value).getSession()).toMatchObject({ signedIn: false, retryable: false })
    expect(await load(value).refreshSession()).toMatchObject({ signedIn: false })
    expect(staff.requests).toEqual([])
    expect(customers.server.liveSessions()).toBe(1)
  })

  it('is nobody’s where it does not say for whom it was made, as those of WorkOS’s SDKs', async () => {
    const { staff, load, customers } = await createApp()
    const iat = Math.floor(customers.now() / 1000)
    const accessToken = jwt({ sub: 'ada', iat, exp: iat + 60 })
    const session = { accessToken, refreshToken: 'r', user: { id: 'ada' } }
    const value = await sealText(JSON.stringify(session), PASSWORD)
    expect(await load(value).getSession()).toMatchObject({ signedIn: false, retryable: false })
    expect(await load(value).refreshSession()).toMatchObject({ signedIn: false })
    expect(staff.requests).toEqual([])
  })

  it('is nobody’s for any provider whose tokens nobody can read', async () => {
    const { customers, value } = await createApp()
    const provider = { id: 'mine', refresh: async () => null }
    const { now } = customers
    const sessions = createSealedSessions({ provider, verification: 'seal', now })
    const session = sessions.openSession({ value, password: PASSWORD })
    expect(await session.getSession()).toMatchObject({ signedIn: false, retryable: false })
  })
})

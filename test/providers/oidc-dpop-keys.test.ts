import { describe, expect, it } from 'vitest'
import type { Session } from '../../src/index.js'
import { AuthClient, memoryKeys } from '../../src/index.js'
import { dpop } from '../../src/providers/oidc/dpop.js'
import { type OidcUser, oidc } from '../../src/providers/oidc/index.js'
import { createFakeBrowser } from '../../src/testing/index.js'
import { CALLBACK, DOCUMENT, ISSUER } from '../support/oidc-wire.js'

/** One whose key lies nowhere. */
const SESSION: Session<OidcUser> = {
  accessToken: 'access-0',
  refreshToken: 'refresh-0',
  expiresAt: 0,
  user: { id: 'ada' },
  extras: { token_type: 'DPoP', dpop: { key: 'gone', jkt: 'thumbprint' } },
}

/** A provider, of which one client after the other is made, and how often its places for keys were asked. */
function createPage() {
  const metadata = { ...DOCUMENT, dpop_signing_alg_values_supported: ['ES256'] }
  const own = { issuer: ISSUER, clientId: 'app', redirectUri: CALLBACK, metadata }
  const provider = oidc({ ...own, dpop })
  const browser = createFakeBrowser()
  const asked: string[] = []

  function place() {
    const keys = memoryKeys<unknown>()
    return {
      ...keys,
      async get(name: string) {
        asked.push(name)
        return keys.get(name)
      },
    }
  }

  /** Makes a client, and disposes of it. */
  function open(keys = place()): void {
    const { storage, environment } = browser.tab()
    new AuthClient({ provider, storage, environment, keys }).dispose()
  }

  /** Asks an API as the session does. */
  async function ask(): Promise<readonly string[]> {
    await provider.authorize?.(SESSION, { url: 'https://api.example/', method: 'GET' })
    return asked
  }

  return { place, open, ask }
}

describe('a provider that outlives its clients', () => {
  it('asks a place of keys once, however many of them have used it', async () => {
    const { place, open, ask } = createPage()
    const keys = place()
    for (let i = 0; i < 20; i += 1) open(keys)
    expect(await ask()).toEqual(['gone'])
  })

  it('remembers no more than a hundred places', async () => {
    const { open, ask } = createPage()
    for (let i = 0; i < 150; i += 1) open()
    expect((await ask()).length).toBeLessThan(100)
  })
})

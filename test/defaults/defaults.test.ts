import { afterEach, describe, expect, it, vi } from 'vitest'
import { clientProbes } from './client-probes.js'
import { literal, readAllDefaults, readDefaults } from './documented.js'
import { mfaProbes } from './mfa-probes.js'
import { oidcProbes } from './oidc-probes.js'
import { providerProbes } from './provider-probes.js'
import { serverProbes } from './server-probes.js'
import { verificationProbes } from './verification-probes.js'

const CLIENT = ['client.ts', 'fetch.ts', 'take-over.ts', 'core', 'storage', 'providers']
/** Those parts of servers that stand on their own. */
const SERVER = [
  ...['server/cookies', 'server/coordination/coordinator.ts', 'server/sealed/seal.ts'],
  ...['server/requests/origin-guard.ts', 'server/verification', 'server/workos'],
]

const documented = readAllDefaults([...CLIENT, ...SERVER])
const probes = {
  ...clientProbes,
  ...providerProbes,
  ...oidcProbes,
  ...mfaProbes,
  ...serverProbes,
  ...verificationProbes,
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('the defaults of options', () => {
  it('are read from comments of one line and of many, and of members of each kind', () => {
    const text = `
export interface One {
  /** Some words. @default 1_000 */
  readonly ms?: number | undefined
  /**
   * Words.
   * @default what is
   *   said here
   */
  method?(): void
  /** No default. */
  readonly none: string
}
interface Shared {
  /** @default true */
  readonly flag?: boolean
}
export type Two =
  /** @default 'a' */
  | { readonly first: string; readonly second?: string }
`
    expect(readDefaults(text)).toEqual([
      { name: 'One.ms', text: '1_000' },
      { name: 'One.method', text: 'what is   said here' },
      { name: 'Shared.flag', text: 'true' },
      { name: 'Two.first', text: "'a'" },
    ])
  })

  it('are found', () => {
    expect(documented.length).toBeGreaterThan(30)
  })

  it('each have a probe, and each probe a default', () => {
    expect(documented.map(({ name }) => name).sort()).toEqual(Object.keys(probes).sort())
  })

  it.each(documented)('$name is $text', async ({ name, text }) => {
    const probe = probes[name]
    const { value } = literal(text) ?? { value: true }
    expect(probe?.says ?? text).toBe(text)
    expect(literal(text) !== null).toBe(probe?.says === undefined)
    expect(await probe?.observe()).toBe(value)
  })
})

import { afterEach, describe, expect, it, vi } from 'vitest'
import { backendEventsProbes } from './backend-events-probes.js'
import { backendProbes } from './backend-probes.js'
import { clientProbes } from './client-probes.js'
import { compatProbes } from './compat-probes.js'
import { dbscProbes } from './dbsc-probes.js'
import { devtoolsProbes } from './devtools-probes.js'
import {
  literal,
  namesOfSources,
  type Probe,
  readAllDefaults,
  readDefaults,
  textsOf,
} from './documented.js'
import { endingsProbes } from './endings-probes.js'
import { expressProbes } from './express-probes.js'
import { gotrueServerProbes } from './gotrue-server-probes.js'
import { mfaProbes } from './mfa-probes.js'
import { nextProbes } from './next-probes.js'
import { nodeProbes } from './node-probes.js'
import { oidcProbes } from './oidc-probes.js'
import { oidcServerProbes } from './oidc-server-probes.js'
import { providerProbes } from './provider-probes.js'
import { redisProbes } from './redis-probes.js'
import { requestProbes } from './request-probes.js'
import { scriptedGoTruePeopleProbes } from './scripted-gotrue-people-probes.js'
import { scriptedGoTrueProbes } from './scripted-gotrue-probes.js'
import { scriptedOidcProbes } from './scripted-oidc-probes.js'
import { scriptedOidcProofsProbes } from './scripted-oidc-proofs-probes.js'
import { scriptedSuperTokensProbes } from './scripted-supertokens-probes.js'
import { scriptedWorkOSProbes } from './scripted-workos-probes.js'
import { sealedProbes } from './sealed-probes.js'
import { serverProbes } from './server-probes.js'
import { skinProbes } from './skin-probes.js'
import { superTokensClaimsProbes } from './supertokens-claims-probes.js'
import { superTokensProbes } from './supertokens-probes.js'
import { superTokensWebProbes } from './supertokens-web-probes.js'
import { testingProbes } from './testing-probes.js'
import { verificationProbes } from './verification-probes.js'

interface Part {
  /** Whole folders of `src`, or files. */
  readonly places: readonly string[]
  readonly probes: Readonly<Record<string, Probe>>
}

const PARTS: Readonly<Record<string, Part>> = {
  clients: {
    places: ['client.ts', 'fetch.ts', 'take-over.ts', 'timeouts', 'core', 'storage', 'providers'],
    probes: {
      ...clientProbes,
      ...providerProbes,
      ...oidcProbes,
      ...mfaProbes,
      ...backendEventsProbes,
    },
  },
  "other libraries' faces": { places: ['compat'], probes: compatProbes },
  'skins of the client': {
    places: ['environment', 'bindings', 'react', 'ky.ts', 'react-native'],
    probes: skinProbes,
  },
  'the devtools': { places: ['devtools'], probes: devtoolsProbes },
  servers: {
    places: ['server'],
    probes: {
      ...serverProbes,
      ...verificationProbes,
      ...backendProbes,
      ...redisProbes,
      ...endingsProbes,
      ...sealedProbes,
      ...requestProbes,
      ...dbscProbes,
      ...superTokensProbes,
      ...superTokensWebProbes,
      ...superTokensClaimsProbes,
      ...oidcServerProbes,
      ...gotrueServerProbes,
    },
  },
  'the skin for Next.js': { places: ['next'], probes: nextProbes },
  'servers of Node': { places: ['node'], probes: nodeProbes },
  'skins for Express': { places: ['express'], probes: expressProbes },
  'the kit for tests': {
    places: ['testing'],
    probes: {
      ...testingProbes,
      ...scriptedGoTrueProbes,
      ...scriptedGoTruePeopleProbes,
      ...scriptedOidcProofsProbes,
      ...scriptedSuperTokensProbes,
      ...scriptedWorkOSProbes,
      ...scriptedOidcProbes,
    },
  },
}

afterEach(() => {
  vi.restoreAllMocks()
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
  /** @default 'x' */
  // a remark
  remarked?: string
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
      { name: 'One.remarked', text: "'x'" },
      { name: 'Shared.flag', text: 'true' },
      { name: 'Two.first', text: "'a'" },
    ])
  })
})

describe('the parts', () => {
  const places = Object.values(PARTS).flatMap((part) => part.places)

  it('are all of the sources that have defaults', () => {
    const left = namesOfSources().filter((name) => !places.includes(name))
    expect(readAllDefaults(left)).toEqual([])
  })

  it('are read to the last default', () => {
    const said = textsOf(places).flatMap((text) => text.match(/@default\b/g) ?? [])
    expect(readAllDefaults(places)).toHaveLength(said.length)
  })
})

describe.each(Object.entries(PARTS))('the defaults of options of %s', (_, { places, probes }) => {
  const documented = readAllDefaults(places)

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

import { describe, expect, it } from 'vitest'
import type { ScriptedOidcOptions } from '../../../src/testing/index.js'
import { capture, STEPS } from './captured.js'
import { PROVED_SERVERS } from './dpop-story.js'
import { extraStory, story } from './lab.js'
import { NOT_MODELLED, SPRING_SECRET } from './not-modelled.js'

const PROFILE = 'openid profile email'
const OFFLINE = `${PROFILE} offline_access`

interface Server {
  readonly name: string
  readonly options: ScriptedOidcOptions
  readonly scope: string
  /** How many of its answers were captured, so that none is lost unseen. */
  readonly length: number
}

/** Each captured server, and how the scripted one is made to be it. */
const SERVERS: readonly Server[] = [
  { name: 'oidc-provider', options: { manners: 'oidc-provider' }, scope: OFFLINE, length: 29 },
  {
    name: 'oidc-provider-norotate',
    options: { manners: 'oidc-provider', rotation: { type: 'off' } },
    scope: OFFLINE,
    length: 30,
  },
  { name: 'keycloak', options: { manners: 'keycloak' }, scope: PROFILE, length: 34 },
  {
    name: 'keycloak-rotating',
    options: { manners: 'keycloak', rotation: { type: 'on' } },
    scope: PROFILE,
    length: 33,
  },
  {
    name: 'keycloak-reuse-1',
    options: { manners: 'keycloak', rotation: { type: 'on', reuses: 1 } },
    scope: PROFILE,
    length: 34,
  },
  { name: 'keycloak-offline', options: { manners: 'keycloak' }, scope: OFFLINE, length: 34 },
  {
    name: 'keycloak-rotating-offline',
    options: { manners: 'keycloak', rotation: { type: 'on' } },
    scope: OFFLINE,
    length: 33,
  },
  {
    name: 'keycloak-reuse-1-offline',
    options: { manners: 'keycloak', rotation: { type: 'on', reuses: 1 } },
    scope: OFFLINE,
    length: 34,
  },
  { name: 'hydra', options: { manners: 'hydra' }, scope: OFFLINE, length: 28 },
  {
    name: 'hydra-grace-10s',
    options: { manners: 'hydra', rotation: { type: 'on', grace: 10_000 } },
    scope: OFFLINE,
    length: 29,
  },
  { name: 'spring', options: { manners: 'spring' }, scope: PROFILE, length: 25 },
  { name: 'zitadel', options: { manners: 'zitadel' }, scope: OFFLINE, length: 30 },
]

describe.each(SERVERS)('asked as the real $name was', ({ name, options, scope, length }) => {
  const captured = capture(name)
  const run = story(options, scope)

  it(`the scripted server hears all of it: ${length} requests`, () => {
    expect(captured.size).toBe(length)
  })

  it.each([...captured])('it answers alike: %s', async (step, expected) => {
    expect((await run).get(step)).toBe(expected)
  })
})

const EXTRA = [
  {
    name: 'oidc-provider',
    options: { manners: 'oidc-provider' },
    scope: 'openid profile offline_access',
  },
  { name: 'keycloak', options: { manners: 'keycloak' }, scope: PROFILE },
  { name: 'spring', options: { manners: 'spring' }, scope: 'openid profile' },
] as const

describe.each(EXTRA)('asked later as the real $name was', ({ name, options, scope }) => {
  const run = extraStory(options, scope)

  it.each([...capture(`extra/${name}`)])('it answers alike: %s', async (step, expected) => {
    expect((await run).get(step)).toBe(expected)
  })
})

describe('what was captured', () => {
  const springs = 'spring, without a secret'

  /** The steps of a server that are replayed somewhere, by the names that they had. */
  function replayed(name: string): readonly string[] {
    if (name.startsWith('only oidc-provider')) return steps('dpop/oidc-provider-nonces')
    if (name.startsWith('only ')) return []
    if (name === springs) return SPRING_SECRET
    const own = steps(name)
    const proved = PROVED_SERVERS.includes(name) ? steps(`dpop/${name}`) : []
    return [...own, ...proved].filter((step) => name !== 'spring' || !SPRING_SECRET.includes(step))
  }

  /** Two requests at once are one step here. */
  const steps = (name: string): readonly string[] =>
    [...capture(name).keys()].flatMap((step) =>
      step === 'concurrent' ? ['concurrent A', 'concurrent B'] : [step],
    )

  it.each([...STEPS])('of %s is replayed, or named with a reason', (name, asked) => {
    const named = NOT_MODELLED.filter(({ server }) => server === name)
    const done = [...replayed(name), ...named.map(({ step }) => step)]
    expect(done.sort()).toEqual([...asked].sort())
    expect(named.filter(({ reason }) => reason === '')).toEqual([])
  })

  it('is all of these servers, none of which is left out', () => {
    const names = [...SERVERS.map(({ name }) => name), ...EXTRA.map(({ name }) => `extra/${name}`)]
    const asked = [...STEPS.keys()].filter((name) => !name.startsWith('only ') && name !== springs)
    expect(asked.sort()).toEqual(names.sort())
    expect([...STEPS.values()].flat()).toHaveLength(763)
  })
})

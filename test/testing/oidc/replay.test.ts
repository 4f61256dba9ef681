import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ScriptedOidcOptions } from '../../../src/testing/index.js'
import { extraStory, story } from './lab.js'
import { CAPTURED, NOT_MODELLED } from './not-modelled.js'

/** What a real server answered, by the name of the step. */
function capture(name: string): ReadonlyMap<string, string> {
  const text = readFileSync(new URL(`captures/${name}.txt`, import.meta.url), 'utf8')
  const blocks = text.trim().split('\n\n')
  return new Map(
    blocks.map((block): [string, string] => {
      const [title = '', answer = ''] = block.split('\n')
      return [title.slice(2), answer]
    }),
  )
}

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
  { name: 'oidc-provider', options: { manners: 'oidc-provider' }, scope: OFFLINE, length: 28 },
  {
    name: 'oidc-provider-norotate',
    options: { manners: 'oidc-provider', rotation: { type: 'off' } },
    scope: OFFLINE,
    length: 29,
  },
  { name: 'keycloak', options: { manners: 'keycloak' }, scope: PROFILE, length: 33 },
  {
    name: 'keycloak-rotating',
    options: { manners: 'keycloak', rotation: { type: 'on' } },
    scope: PROFILE,
    length: 32,
  },
  {
    name: 'keycloak-reuse-1',
    options: { manners: 'keycloak', rotation: { type: 'on', reuses: 1 } },
    scope: PROFILE,
    length: 33,
  },
  { name: 'keycloak-offline', options: { manners: 'keycloak' }, scope: OFFLINE, length: 33 },
  {
    name: 'keycloak-rotating-offline',
    options: { manners: 'keycloak', rotation: { type: 'on' } },
    scope: OFFLINE,
    length: 32,
  },
  {
    name: 'keycloak-reuse-1-offline',
    options: { manners: 'keycloak', rotation: { type: 'on', reuses: 1 } },
    scope: OFFLINE,
    length: 33,
  },
  { name: 'hydra', options: { manners: 'hydra' }, scope: OFFLINE, length: 27 },
  {
    name: 'hydra-grace-10s',
    options: { manners: 'hydra', rotation: { type: 'on', grace: 10_000 } },
    scope: OFFLINE,
    length: 28,
  },
  { name: 'spring', options: { manners: 'spring' }, scope: PROFILE, length: 24 },
  { name: 'zitadel', options: { manners: 'zitadel' }, scope: OFFLINE, length: 29 },
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
  /** Two requests at once are one step here. */
  const replayed = (name: string): number => {
    const steps = capture(name)
    return steps.size + (steps.has('concurrent') ? 1 : 0)
  }

  it.each(Object.entries(CAPTURED))(
    'of %s is replayed, or named with a reason',
    (name, captured) => {
      const named = NOT_MODELLED.filter(({ server }) => server === name)
      const done = name.startsWith('only ') ? 0 : replayed(name)
      expect(done + named.length).toBe(captured)
      expect(new Set(named.map(({ step }) => step)).size).toBe(named.length)
      expect(named.filter(({ reason }) => reason === '')).toEqual([])
    },
  )

  it('is all of these servers, none of which is left out', () => {
    const names = [...SERVERS, ...EXTRA.map(({ name }) => ({ name: `extra/${name}` }))]
    const replayedNames = names.map(({ name }) => name)
    const asked = Object.keys(CAPTURED).filter((name) => !name.startsWith('only '))
    expect(asked.sort()).toEqual(replayedNames.sort())
    expect(Object.values(CAPTURED).reduce((sum, each) => sum + each, 0)).toBe(763)
  })
})

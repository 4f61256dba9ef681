import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ScriptedOidcOptions } from '../../../src/testing/index.js'
import { story } from './lab.js'

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
  { name: 'oidc-provider', options: { manners: 'oidc-provider' }, scope: OFFLINE, length: 27 },
  {
    name: 'oidc-provider-norotate',
    options: { manners: 'oidc-provider', rotation: { type: 'off' } },
    scope: OFFLINE,
    length: 28,
  },
  { name: 'keycloak', options: { manners: 'keycloak' }, scope: PROFILE, length: 30 },
  {
    name: 'keycloak-rotating',
    options: { manners: 'keycloak', rotation: { type: 'on' } },
    scope: PROFILE,
    length: 29,
  },
  {
    name: 'keycloak-reuse-1',
    options: { manners: 'keycloak', rotation: { type: 'on', reuses: 1 } },
    scope: PROFILE,
    length: 30,
  },
  { name: 'hydra', options: { manners: 'hydra' }, scope: OFFLINE, length: 26 },
  {
    name: 'hydra-grace-10s',
    options: { manners: 'hydra', rotation: { type: 'on', grace: 10_000 } },
    scope: OFFLINE,
    length: 27,
  },
  { name: 'spring', options: { manners: 'spring' }, scope: PROFILE, length: 22 },
  { name: 'zitadel', options: { manners: 'zitadel' }, scope: OFFLINE, length: 27 },
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

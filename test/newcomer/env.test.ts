import { afterEach, describe, expect, it, vi } from 'vitest'
import { cleanEnv } from '../support/npm.js'

afterEach(() => vi.unstubAllEnvs())

describe('the environment of an app that a test makes', () => {
  it.each(['ASTRO', 'NEXT', 'NUXT'])('has the tools of %s report to nobody', (name) => {
    vi.stubEnv(`${name}_TELEMETRY_DISABLED`, undefined)
    expect(cleanEnv('/bin')[`${name}_TELEMETRY_DISABLED`]).toBe('1')
  })

  it('is ours, without what the test runner and npm have put there', () => {
    vi.stubEnv('HOME', '/home/ada')
    vi.stubEnv('NODE_ENV', 'test')
    vi.stubEnv('npm_package_name', 'holdfast')
    const env = cleanEnv('/bin')
    expect(env).toMatchObject({ HOME: '/home/ada', PATH: '/bin', CI: 'true' })
    expect(Object.keys(env).filter((name) => /^(VITEST|NODE_ENV|npm_package_)/.test(name))).toEqual(
      [],
    )
  })
})

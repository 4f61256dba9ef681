// @vitest-environment happy-dom
import { createElement as h } from 'react'
import { describe, expect, it } from 'vitest'
import { HTTP_ONLY } from '../../src/providers/backend/index.js'
import { type AccessTokenState, AuthProvider, useAccessToken } from '../../src/react/index.js'
import { openBackend } from './backend-page.js'
import { probe, stageOfEachTest } from './stage.js'

const stage = stageOfEachTest()

async function mount(facts: object | null = {}) {
  const { auth, server } = await openBackend(facts)
  const seen: AccessTokenState[] = []
  const { Probe } = probe(() => `${seen.push(useAccessToken())}`)
  await stage().render(h(AuthProvider, { client: auth }, h(Probe)))
  await stage().settle()
  const last = () => seen.at(-1) ?? expect.fail('nothing was rendered')
  return { auth, server, seen, last }
}

const names = /`exposeAccessToken`/

describe('useAccessToken over a backend', () => {
  it('is null where the backend exposes no token, and the error names the option', async () => {
    const { last, seen, auth } = await mount()
    expect(auth.getSnapshot().session?.accessToken).toBe(`${HTTP_ONLY}h1`)
    expect(last()).toMatchObject({ accessToken: null, loading: false })
    expect(last().error).toMatchObject({ code: 'invalid_argument', retryable: false })
    expect(last().error?.message).toMatch(names)
    expect(seen.map(({ accessToken }) => accessToken)).toEqual(seen.map(() => null))
  })

  it('stays so after a refresh, by the same error', async () => {
    const { last, auth, server } = await mount()
    const { error } = last()
    server.session = { ...Object(server.session), handle: 'h2' }
    await auth.refreshSession()
    await stage().settle()
    expect(last()).toMatchObject({ accessToken: null })
    expect(last().error).toBe(error)
  })

  it('hands out no name in place of a token', async () => {
    const { last } = await mount()
    await expect(last().getAccessToken()).rejects.toThrow(names)
    await expect(last().refresh()).rejects.toThrow(names)
  })

  it('is the token where the backend exposes it', async () => {
    const { last } = await mount({ accessToken: 'a.real.token' })
    expect(last()).toMatchObject({ accessToken: 'a.real.token', error: null })
    expect(await last().getAccessToken()).toBe('a.real.token')
    expect(await last().refresh()).toBe('a.real.token')
  })

  it('is null without an error when nobody is signed in', async () => {
    const { last } = await mount(null)
    expect(last()).toMatchObject({ accessToken: null, loading: false, error: null })
    expect(await last().getAccessToken()).toBeNull()
  })
})

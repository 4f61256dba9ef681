import { describe, expect, it } from 'vitest'
import { createFakeBrowser } from '../../../src/testing/index.js'
import {
  createScriptedWorkOS,
  type ScriptedWorkOSOptions,
} from '../../../src/testing/workos/index.js'

/** For how long a page of another origin reads that it has to wait. */
async function wait(options: ScriptedWorkOSOptions): Promise<string | null> {
  const server = createScriptedWorkOS(options)
  server.fail({ type: 'rate-limited', retryAfter: 30 })
  const page = createFakeBrowser().tab({ href: 'https://app.example/' })
  const send = page.fetch(server.browser().fetch)
  const response = await send('https://api.workos.com/user_management/authenticate', {
    method: 'POST',
    credentials: 'include',
  })
  expect(response.status).toBe(429)
  return response.headers.get('retry-after')
}

describe('a page that asks a scripted WorkOS', () => {
  it('cannot read for how long to wait', async () => expect(await wait({})).toBeNull())

  it('can read it where the server exposes it', async () => {
    expect(await wait({ exposedHeaders: ['Retry-After'] })).toBe('30')
  })
})

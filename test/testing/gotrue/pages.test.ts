import { describe, expect, it } from 'vitest'
import { createFakeBrowser, type ScriptedGoTrueOptions } from '../../../src/testing/index.js'
import { createDesk } from '../gotrue-desk.js'

const TOKEN = 'https://auth.example/auth/v1/token?grant_type=refresh_token'

/** What a page reads of a 429 that names a time. */
async function limited(options: ScriptedGoTrueOptions, href: string): Promise<Headers> {
  const { server } = createDesk(options)
  server.fail({ type: 'rate-limited', retryAfter: 30 })
  const page = createFakeBrowser().tab({ href })
  const response = await page.fetch(server.fetch)(TOKEN, { method: 'POST' })
  expect(response.status).toBe(429)
  return response.headers
}

describe('a page that asks a scripted GoTrue', () => {
  it('cannot read for how long to wait, when it is of another origin', async () => {
    const headers = await limited({}, 'https://app.example/')
    expect(headers.get('retry-after')).toBeNull()
    expect(headers.get('x-sb-error-code')).toBeNull()
    expect(headers.get('content-type')).toBe('application/json')
  })

  it('can read it where the server exposes it', async () => {
    const headers = await limited({ exposedHeaders: ['Retry-After'] }, 'https://app.example/')
    expect(headers.get('retry-after')).toBe('30')
  })

  it('can read it where the server is of its own origin', async () => {
    expect((await limited({}, 'https://auth.example/')).get('retry-after')).toBe('30')
  })

  it('can read the version of the API, which GoTrue exposes', async () => {
    const { server } = createDesk()
    const page = createFakeBrowser().tab()
    const headers = { 'X-Supabase-Api-Version': '2024-01-01' }
    const response = await page.fetch(server.fetch)(TOKEN, { method: 'POST', headers })
    expect(response.headers.get('x-supabase-api-version')).toBe('2024-01-01')
  })
})

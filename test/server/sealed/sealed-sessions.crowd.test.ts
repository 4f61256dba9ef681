import { describe, expect, it } from 'vitest'
import { createStage, OTHER, opened, PASSWORD, success } from './sealed-sessions-stage.js'

describe('a thousand requests with one cookie', () => {
  it('cost one exchange, and each gets the session under its own password', async () => {
    const { cookie, load, exchanges } = createStage()
    const sealed = await cookie()
    const passwords = Array.from({ length: 1000 }, (_, index) => (index % 2 ? OTHER : PASSWORD))
    const results = await Promise.all(
      passwords.map((password) => load(sealed).refreshSession({ password })),
    )
    expect(exchanges()).toBe(1)
    const tokens = new Set(results.map((result) => success(result).session.accessToken))
    expect(tokens.size).toBe(1)
    const cookies = results.map((result) => success(result).sealed)
    expect(new Set(cookies).size).toBe(1000)
    for (const index of [0, 1, 998, 999]) {
      const { accessToken } = await opened(cookies[index], passwords[index])
      expect(tokens).toContain(accessToken)
    }
  })
})

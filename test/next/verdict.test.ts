import { describe, expect, it } from 'vitest'
import { toAuthError } from '../../src/next/verdict.js'

describe('why there is no session, as an error', () => {
  it.each([
    ['expired', false, { code: 'refresh_rejected', retryable: false }],
    ['rejected', false, { code: 'refresh_rejected', retryable: false }],
    ['network_error', true, { code: 'network', retryable: true, retryAfter: 7_000 }],
  ])('%s (worth trying again: %s)', (reason, retryable, told) => {
    expect(toAuthError(Object({ reason, retryable, retryAfter: 7_000 }))).toMatchObject(told)
  })
})

import { describe, expect, it } from 'vitest'
import { readVerdict, toAuthError } from '../../src/next/verdict.js'

describe('why there is no session, as an error', () => {
  it.each([
    ['expired', false, { code: 'refresh_rejected', retryable: false }],
    ['rejected', false, { code: 'refresh_rejected', retryable: false }],
    ['network_error', true, { code: 'network', retryable: true, retryAfter: 7_000 }],
  ])('%s (worth trying again: %s)', (reason, retryable, told) => {
    expect(toAuthError(Object({ reason, retryable, retryAfter: 7_000 }))).toMatchObject(told)
  })
})

describe('what the proxy says of a request', () => {
  it.each([
    ['network_error', { code: 'network', retryable: true }],
    ['timeout 7000', { code: 'timeout', retryable: true, retryAfter: 7_000 }],
  ])('is that nobody can tell now: %s', (header, told) => {
    expect(readVerdict(header)).toMatchObject(told)
  })

  it.each(['nobody', '', 'constructor', 'toString 1', 'another word'])(
    'is that nobody is signed in, by every other word: %j',
    (header) => expect(readVerdict(header)).toBeNull(),
  )
})

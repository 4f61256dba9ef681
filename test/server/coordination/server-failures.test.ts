import { describe, expect, it } from 'vitest'
import { AuthError, type AuthErrorOptions } from '../../../src/core/errors.js'
import { isAnswer, isOfServer } from '../../../src/server/coordination/server-failures.js'

describe('a failure of an auth server', () => {
  it.each<readonly [AuthError['code'], AuthErrorOptions, boolean]>([
    ['network', {}, true],
    ['rate_limited', {}, true],
    ['server_error', { status: 502 }, true],
    ['server_error', { status: 503 }, true],
    ['server_error', { status: 500, retryAfter: 1_000 }, true],
    ['server_error', { status: 500, retryAfter: 0 }, true],
    ['server_error', { status: 500 }, false],
    ['server_error', { status: 504 }, false],
    ['timeout', {}, false],
    ['bad_response', {}, false],
  ])('is everybody’s or of one session: %s %j', (code, options, isEverybodys) => {
    expect(isOfServer(new AuthError(code, '', options))).toBe(isEverybodys)
  })

  it.each<readonly [AuthError['code'], boolean, boolean]>([
    ['refresh_rejected', false, true],
    ['rejected', false, true],
    ['invalid_argument', false, false],
    ['aborted', false, false],
    ['network', true, false],
  ])('says that it is well, or does not: %s', (code, retryable, isWell) => {
    expect(isAnswer(new AuthError(code, '', { retryable }))).toBe(isWell)
  })
})

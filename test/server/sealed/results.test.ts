import { describe, expect, it } from 'vitest'
import { AuthError, type AuthErrorCode, type AuthErrorOptions } from '../../../src/index.js'
import { toFailure } from '../../../src/server/sealed/results.js'

const make = (code: AuthErrorCode, options: AuthErrorOptions = {}): AuthError =>
  new AuthError(code, 'Why not.', options)

describe('what an exchange failed with', () => {
  it.each<[AuthError, string, boolean]>([
    [make('refresh_rejected'), 'invalid_grant', false],
    [make('step_required', { details: { step: 'sso_required' } }), 'sso_required', false],
    [make('step_required', { details: { step: 'radar_challenge' } }), 'radar_challenge', false],
    [make('step_required'), 'step_required', false],
    [make('rejected', { serverCode: 'organization_not_found' }), 'rejected', false],
    [make('rejected', { status: 401, retryable: true }), 'server_error', true],
    [make('rate_limited'), 'rate_limit_exceeded', true],
    [make('network'), 'network_error', true],
    [make('timeout'), 'timeout', true],
    [make('server_error', { status: 408 }), 'timeout', true],
    [make('server_error', { status: 503 }), 'server_error', true],
    [make('bad_response'), 'server_error', true],
    [make('storage'), 'server_error', true],
    [make('aborted'), 'server_error', true],
  ])('%s is told as %s', (error, reason, retryable) => {
    expect(toFailure(error)).toEqual({ signedIn: false, retryable, reason, error })
  })

  it('comes with the wait that the server asked for, in ms', () => {
    const error = make('rate_limited', { retryAfter: 1500 })
    expect(toFailure(error)).toMatchObject({ retryAfter: 1500 })
  })

  it.each([new TypeError('a bug'), make('invalid_argument'), 'text', null])(
    'is thrown when it is a mistake: %s',
    (error) => {
      let thrown: unknown = 'nothing'
      try {
        toFailure(error)
      } catch (reason) {
        thrown = reason
      }
      expect(thrown).toBe(error)
    },
  )
})

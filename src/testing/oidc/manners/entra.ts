import { auth0 } from './auth0.js'
import type { Manners, Refusal } from './manners.js'

const ID = '00000000-0000-0000-0000-000000000000'
const TIME = '2026-01-09 02:02:12Z'

/** A refusal as Entra words it: what happened is the first line, and the others are for its support. */
function entraRefusal(
  error: string,
  [number, text]: readonly [number: number, text: string],
  more: Readonly<Record<string, string>> = {},
): Refusal {
  const lines = [`AADSTS${number}: ${text}`, `Trace ID: ${ID}`, `Correlation ID: ${ID}`]
  return {
    status: 400,
    error,
    description: [...lines, `Timestamp: ${TIME}`].join('\r\n'),
    fields: {
      error_codes: [number],
      timestamp: TIME,
      trace_id: ID,
      correlation_id: ID,
      error_uri: `https://login.microsoftonline.com/error?code=${number}`,
      ...more,
    },
  }
}

const MALFORMED = entraRefusal('invalid_grant', [
  9002313,
  'Invalid request. Request is malformed or invalid.',
])
const OVER = entraRefusal('invalid_grant', [
  700084,
  'The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of 1.00:00:00, which cannot be extended. It is now expired and a new sign in request must be sent by the SPA to the sign in page.',
])
const REVOKED = entraRefusal('invalid_grant', [
  50173,
  'The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.',
])
const missing = (name: string): Refusal =>
  entraRefusal('invalid_request', [
    900144,
    `The request body must contain the following parameter: '${name}'.`,
  ])

/**
 * Fields, lines and numbers of refusals are as the documentation of Entra ID and msal's sources have them.
 * From memory, and asked of no real one: statuses, what a sign-out ends, which claims there are.
 */
export const entra: Manners = {
  ...auth0,
  // Each answer has a new refresh token, and the old one goes on working.
  rotation: { type: 'off', renews: true },
  accessTokens: 'jwt',
  redirect: ['session_state'],
  namesScope: false,
  claims: [],
  missing: ['nonce'],
  // A sign-out ends cookies; tokens live on until they are over.
  endSession: 'keeps',
  revokes: false,
  step: entraRefusal(
    'invalid_grant',
    [
      50076,
      "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '00000003-0000-0000-c000-000000000000'.",
    ],
    {
      suberror: 'basic_action',
      claims: `{"access_token":{"polids":{"essential":true,"values":["${ID}"]}}}`,
    },
  ),
  refusals: {
    ...auth0.refusals,
    'no-form': missing('grant_type'),
    'no-client': missing('client_id'),
    'unknown-client': entraRefusal('unauthorized_client', [
      700016,
      'Application with identifier was not found in the directory.',
    ]),
    'wrong-secret': {
      ...entraRefusal('invalid_client', [7000215, 'Invalid client secret provided.']),
      status: 401,
    },
    code: entraRefusal('invalid_grant', [54005, 'OAuth2 Authorization code was already redeemed.']),
    'no-token': missing('refresh_token'),
    'empty-token': missing('refresh_token'),
    'unknown-token': MALFORMED,
    'foreign-token': MALFORMED,
    spent: REVOKED,
    replayed: REVOKED,
    revoked: REVOKED,
    ended: REVOKED,
    expired: OVER,
    'wide-scope': entraRefusal(
      'invalid_grant',
      [65001, 'The user or administrator has not consented to use the application.'],
      { suberror: 'consent_required' },
    ),
  },
}

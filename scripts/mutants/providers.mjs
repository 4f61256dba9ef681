const wire = 'src/providers/gotrue/wire.ts'
const errors = 'src/providers/gotrue/errors.ts'
const sessions = 'src/providers/gotrue/sessions.ts'
const redirect = 'src/providers/gotrue/redirect.ts'
const http = 'src/providers/shared/http.ts'
const passing = 'src/providers/shared/passing.ts'
const retryAfter = 'src/providers/shared/retry-after.ts'
const body = 'src/providers/shared/body.ts'
const url = 'src/providers/shared/url.ts'
const terminal = "isDefinite(refusal) ? 'refresh_rejected'"

/** Bugs of the GoTrue provider and of what it sends by. */
export const PROVIDERS = [
  {
    file: errors,
    name: 'Any 400 ends the session.',
    find: terminal,
    replace: `status === 400 || ${terminal}`,
  },
  {
    file: errors,
    name: 'A 403 ends the session.',
    find: terminal,
    replace: `status === 403 || ${terminal}`,
  },
  {
    file: passing,
    name: 'A rate limit is what its body says.',
    find: '[408, 409, 425, 429]',
    replace: '[408, 409, 425]',
  },
  {
    file: passing,
    name: 'A failure of the server is what its body says.',
    find: ' || status >= 500\n',
    replace: ' || status > 500\n',
  },
  {
    file: errors,
    name: 'The list of terminal codes is one too long.',
    find: "'validation_failed',\n",
    replace: "'validation_failed',\n  'bad_json',\n",
  },
  {
    file: errors,
    name: 'The list of terminal codes is one too short.',
    find: "'refresh_token_not_found',\n",
    replace: '\n',
  },
  {
    file: errors,
    name: 'A refusal that names no reason ends the session.',
    find: "? 'invalid_credentials' : 'rejected'\n  if (isRefresh",
    replace: "? 'invalid_credentials' : 'refresh_rejected'\n  if (isRefresh",
  },
  {
    file: errors,
    name: 'A refusal for the moment counts as one for ever.',
    find: '{ ...options, retryable: true }',
    replace: 'options',
  },
  {
    file: wire,
    name: 'The life of a token is measured by the device’s clock against the server’s.',
    find: '...life(Number(end) - start),',
    replace: '...life(Number(end) - Date.now() / 1000),',
  },
  {
    file: sessions,
    name: 'A refresh dies with its page.',
    find: '      keepalive: true,\n',
    replace: '',
  },
  {
    file: sessions,
    name: 'Signing out here signs out everywhere.',
    find: 'query: { scope }',
    replace: "query: { scope: 'global' }",
  },
  {
    file: sessions,
    name: 'An outage at the look at the user rotates the token.',
    find: 'if (isAuthError(error) && isDeadToken(error)) return null',
    replace: 'if (isAuthError(error)) return null',
  },
  {
    file: redirect,
    name: 'After a passing failure the code is taken off the address.',
    find: "if (found.kind === 'error' || isFinal(error)) end()",
    replace: 'end()',
  },
  {
    file: redirect,
    name: 'A verifier is kept after its use.',
    find: 'await host.removeFlow(flow).catch(() => {})\n',
    replace: '\n',
  },
  {
    file: retryAfter,
    name: 'The server may ask for a wait of years.',
    find: 'Math.min(wait, LONGEST_WAIT)',
    replace: 'wait',
  },
  {
    file: retryAfter,
    name: 'Retry-After counts as milliseconds.',
    find: 'Number(text) * 1000',
    replace: 'Number(text)',
  },
  {
    file: passing,
    name: 'A redirect is used up by a client that was disposed of before it sent the code.',
    find: '|disposed/',
    replace: '/',
  },
  {
    file: http,
    name: 'A request leaves a client that was disposed of.',
    find: 'throwIfDisposed?.()\n',
    replace: '\n',
  },
  {
    file: http,
    name: 'A redirect carries the token to another host.',
    find: "redirect: 'manual'",
    replace: "redirect: 'follow'",
  },
  {
    file: url,
    name: 'A host whose name begins with localhost counts as this device.',
    find: 'localhost$|^127',
    replace: 'localhost|^127',
  },
  {
    file: body,
    name: 'An answer is read to its end, however large it is.',
    find: 'if (size > most) {',
    replace: 'if (size < 0) {',
  },
  {
    file: http,
    name: 'A request of a server is asked to outlive its page.',
    find: "keepalive && 'document' in globalThis",
    replace: 'keepalive',
  },
  {
    file: http,
    name: 'The error of a request holds the request, and so the token.',
    find: 'could not be reached (${name}).`)',
    replace: 'could not be reached (${name}).`, { cause: error })',
  },
  {
    file: 'src/providers/gotrue/errors.ts',
    name: 'A gateway’s page says that an access token is dead.',
    find: "if (code !== 'rejected') return false\n",
    replace: '\n',
  },
  {
    file: 'src/providers/gotrue/sessions.ts',
    name: 'A sign-out of the others spends the refresh token of the session that stays.',
    find: " || scope === 'others') throw",
    replace: ') throw',
  },
  {
    file: 'src/providers/gotrue/sessions.ts',
    name: 'A sign-out that is tried again sends a token that it has spent.',
    find: 'newest.get(session) ?? session',
    replace: 'session',
  },
  {
    file: 'src/providers/gotrue/sessions.ts',
    name: 'A sign-out everywhere by a session that was gone counts as done.',
    find: "'session_not_found' && scope === 'local'",
    replace: "'session_not_found'",
  },
]

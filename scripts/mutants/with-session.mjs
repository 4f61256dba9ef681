const file = 'src/core/with-session.ts'

/** Bugs in how actions are run that carry the session. */
export const WITH_SESSION = [
  {
    file,
    name: 'An action of one person is sent with the token of another.',
    find: 'if (begun && !isSamePerson(begun, record)) {',
    replace: 'if (begun && !record) {',
  },
  {
    file,
    name: 'An action whose token the server refused is not tried with another one.',
    find: 'provider.refusesToken?.(error)',
    replace: '!provider.refusesToken?.(error)',
  },
  {
    file,
    name: 'An action is tried with another token whatever the server said.',
    find: 'provider.refusesToken?.(error)',
    replace: 'error.retryable !== null',
  },
  {
    file,
    name: 'An action fails for want of a refresh token, not with what the server said.',
    find: ' || !record.session.refreshToken',
    replace: '',
  },
  {
    file,
    name: 'Whoever gives up an action waits for the exchange all the same.',
    find: 'await replace(record, options)',
    replace: 'await replace(record)',
  },
]

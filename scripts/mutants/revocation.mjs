const file = 'src/core/revocation.ts'

/** Bugs in how sessions are ended at the server. */
export const REVOCATION = [
  {
    file,
    name: 'A sign-out of several requests ends half-way with its client.',
    find: 'async ({ signal }) => provider.signOut?.(session, scope, { signal })',
    replace: 'async (its) => provider.signOut?.(session, scope, its)',
  },
  {
    file,
    name: 'A sign-out everywhere that did not reach the server is not tried again.',
    find: 'insist && isAuthError(error)',
    replace: "scope === 'others' && isAuthError(error)",
  },
  {
    file,
    name: 'A sign-out of this session alone is tried again like one everywhere.',
    find: 'insist && isAuthError(error)',
    replace: 'isAuthError(error)',
  },
  {
    file,
    name: 'A sign-out that the server refused is tried again.',
    find: 'isAuthError(error) && error.retryable',
    replace: 'isAuthError(error)',
  },
  {
    file,
    name: 'A sign-out everywhere is tried again for ever.',
    find: 'disposed || time > end',
    replace: 'disposed || time > Infinity * end',
  },
  {
    file,
    name: 'A sign-out that fails after the client was disposed of leaves its tokens to a timer.',
    find: 'disposed || time > end',
    replace: 'time > end',
  },
  {
    file,
    name: 'A sign-out everywhere that is tried again ends what the same person signed in to meanwhile.',
    find: "if (scope === 'local' || !hasReturned(session)) attempt()",
    replace: 'if (session || !hasReturned(session)) attempt()',
  },
  {
    file,
    name: 'A sign-out of one person is not tried again once another has signed in.',
    find: ' || held.user.id === user.id',
    replace: ' || held.user.id !== null',
  },
  {
    file,
    name: 'A sign-out everywhere is tried again at the same pace for ever.',
    find: 'failures: ++failures',
    replace: 'failures: ++failures && 1',
  },
  {
    file,
    name: 'A disposed client goes on to sign out at the server.',
    find: 'for (const cancel of due) cancel()',
    replace: 'for (const cancel of due) due.delete(cancel)',
  },
  {
    file,
    name: 'A sign-out that waits for its next try keeps a process alive.',
    find: ', retry, { background: true })',
    replace: ', retry)',
  },
]

const file = 'src/core/start.ts'

/** Bugs in how a client finds out who is signed in. */
export const START = [
  {
    file,
    name: 'The session of the other library is removed although it could not be saved.',
    find: "if (state.status === 'signed-in' && state.saved) {",
    replace: "if (state.status === 'signed-in') {",
  },
  {
    file,
    name: 'The session of the other library is taken over again after the next sign-out.',
    find: 'await bounded(environment, () => from.remove(key), within)\n',
    replace: '\n',
  },
  {
    file,
    name: 'The session of another library replaces a sign-in that came before it.',
    find: "if (seen.kind !== 'absent' || !key || !parse) return seen",
    replace: 'if (!key || !parse) return seen',
  },
  {
    file,
    name: 'Two tabs that start together both take over the session of another library.',
    find: 'section.locked(() => takeOver(context, path))',
    replace: 'takeOver(context, path)',
  },
  {
    file,
    name: 'A storage of another library that does not answer holds up the start.',
    find: 'await bounded(environment, () => from.get(key), within)',
    replace: 'await from.get(key)',
  },
  {
    file,
    name: 'Tabs that start together ask the server without what the others have learnt.',
    find: 'section.locked(() => resume(context, path))',
    replace: 'resume(context, path)',
  },
  {
    file,
    name: 'The session that was in storage wins over the one that the cookies hold.',
    find: 'record?.session.sessionId === grant.sessionId ? record : null',
    replace: 'record',
  },
  {
    file,
    name: 'A session that was ended here comes back with its cookie.',
    find: 'if (wasEnded(seen, grant)) {',
    replace: 'if (wasEnded(seen, grant) && at < 0) {',
  },
  {
    file,
    name: 'The server is not told again of a sign-out that it did not hear of.',
    find: "context.request(async (its) => provider.signOut?.(session, 'local', its)).catch(() => {})\n",
    replace: 'String(session)\n',
  },
  {
    file,
    name: 'A session that the cookies no longer hold stays in storage.',
    find: 'await path.end({ lineage: record?.lineage ?? null, any: false }, record?.session)\n',
    replace: '\n',
  },
  {
    file,
    name: 'A session that the server knows by no name counts as every one that ended.',
    find: "sessionId !== '' &&\n",
    replace: '\n',
  },
  {
    file,
    name: 'At each start the session that is known already is saved anew.',
    find: 'if (same?.session.accessToken === grant.accessToken) return seen\n',
    replace: '\n',
  },
  {
    file,
    name: 'A session that was found replaces the sign-in that came during the start.',
    find: 'still: () => store.held() === null',
    replace: 'still: () => store !== null',
  },
  {
    file,
    name: 'While the server alone would know, the answer is that nobody is signed in.',
    find: "if (provider.resume && seen?.kind !== 'session' && isAuthError(error)) unknown = error",
    replace: '',
  },
  {
    file,
    name: 'An outage of the server makes a session unknown that storage has.',
    find: "provider.resume && seen?.kind !== 'session' && isAuthError",
    replace: 'provider.resume && isAuthError',
  },
  {
    file,
    name: 'After the start nobody waits for what is due.',
    find: 'unknown = error\n      context.settle()',
    replace: 'unknown = error',
  },
]

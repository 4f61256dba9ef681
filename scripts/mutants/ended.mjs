const file = 'src/server/sealed/ended-sessions.ts'
const revocations = 'src/server/sealed/revocations.ts'
const receipt = 'src/server/sealed/receipt.ts'
const rule = 'src/server/shared/tombstones.ts'

/** Checks that are gone of sign-outs that last, and of tokens that count from their receipt. */
export const ENDED = [
  {
    file,
    name: 'A sign-out that the server did not hear of is forgotten with its access token.',
    find: 'await endHere(coordinator, name, LONGEST_COOKIE_LIFE)',
    replace: 'await endHere(coordinator, name, 1)',
  },
  {
    file: rule,
    name: 'A sign-out that the server did not hear of is pushed out by others.',
    find: '{ confirmed: false }',
    replace: '{ confirmed: true }',
  },
  {
    file: rule,
    name: 'A sign-out that the server has heard of stays among those that it does not know.',
    find: '{ confirmed: true }',
    replace: '{ confirmed: false }',
  },
  {
    file: rule,
    name: 'A sign-out is forgotten with the token, and a request under way brings it back.',
    find: 'tokenLife + MARGIN',
    replace: 'tokenLife',
  },
  {
    file,
    name: 'A sign-out counts as heard of although the server failed.',
    find: "if (!provider.signOut || (error && error.code !== 'refresh_rejected')) return error",
    replace: 'if (!provider.signOut) return error',
  },
  {
    file,
    name: 'A server without sign-out counts as having heard of it.',
    find: '!provider.signOut || ',
    replace: '',
  },
  {
    file,
    name: 'A refusal of the refresh token is taken for an outage.',
    find: "(error && error.code !== 'refresh_rejected')",
    replace: 'error',
  },
  {
    file,
    name: 'A sign-out is forgotten before the requests under way have ended.',
    find: 'const life = longestLife(opened.token, now())',
    replace: 'const life = 1',
  },
  {
    file,
    name: 'Nobody is told that the server could not be told of a sign-out.',
    find: "      tell(deps.onSecurityEvent, { type: 'revocation-failed', ...whose })\n",
    replace: '      void whose\n',
  },
  {
    file,
    name: 'A session that was ended here lives.',
    find: 'return own || replaced || isShared',
    replace: 'return replaced || isShared',
  },
  {
    file,
    name: 'A session that has given way to another one lives.',
    find: 'return own || replaced || isShared',
    replace: 'return own || isShared',
  },
  {
    file,
    name: 'The server is told of a session that has given way to another one of the same person.',
    find: 'if (shares && user.id === replacedBy)',
    replace: 'if (shares && user.id === undefined)',
  },
  {
    file,
    name: 'The server is not told of a session that has given way to that of another person.',
    find: 'if (shares && user.id === replacedBy)',
    replace: 'if (shares && replacedBy)',
  },
  {
    file,
    name: 'Only the first of two sessions is looked up among those that were ended.',
    find: 'await Promise.all(sessions.map(nameOf))',
    replace: 'await Promise.all(sessions.slice(0, 1).map(nameOf))',
  },
  {
    file,
    name: 'Every request with a cookie that was signed out asks the server.',
    find: 'if (revocations.isDue(opened.data.refreshToken)) void',
    replace: 'if (revocations.isDue(opened.data.refreshToken) || opened) void',
  },
  {
    file,
    name: 'A server that was down at a sign-out is never told of it.',
    find: 'if (last && (own || (isShared && !shares))) revokeLater(last)',
    replace: 'if (!last && isShared) return own',
  },
  {
    file,
    name: 'A session is over at its server by the 200 for a token that was spent long ago.',
    find: 'if (!error && provider.revokesSessions) await',
    replace: 'if (!error) await',
  },
  {
    file,
    name: 'A session is over at its server because that refused a token of it.',
    find: 'if (!error && provider.revokesSessions) await',
    replace: 'if (provider.revokesSessions) await',
  },
  {
    file,
    name: 'A session is remembered for 400 days that its server has ended.',
    find: 'if (!error && provider.revokesSessions) await',
    replace: 'if (error === undefined && provider.revokesSessions) await',
  },
  {
    file,
    name: 'An old cookie of a session that is over makes its end count for less.',
    find: 'const isFirst = !(await coordinator.ended(name))',
    replace: "const isFirst = name !== ''",
  },
  {
    file,
    name: 'The server hears of no other token for a minute.',
    find: 'if (revocations.isDue(opened.data.refreshToken)) void',
    replace: "if (revocations.isDue(opened.data.id ?? '')) void",
  },
  {
    file,
    name: 'Sign-outs of tokens push out those that the server did not hear of.',
    find: 'else if (isFirst) await',
    replace: 'else if (!isFirst) await',
  },
  {
    file,
    name: 'A token that comes while somebody signs out lives on at the server.',
    find: 'const last = sessions.at(-1)',
    replace: 'const last = sessions[0]',
  },
  {
    file: 'src/server/sealed/end-names.ts',
    name: 'All sessions without ids share one tombstone.',
    find: 'await fingerprint(data.refreshToken)',
    replace: 'await fingerprint(null)',
  },
  {
    file: 'src/server/sealed/opened.ts',
    name: 'A sign-out of a session that its server has no name for ends with its tokens.',
    find: 'id ?? token?.facts.sessionId',
    replace: 'token?.facts.sessionId',
  },
  {
    file,
    name: 'The server is not told of a session that came to its limit.',
    find: 'release: revokeLater,',
    replace: 'release: () => {},',
  },
  {
    file: revocations,
    name: 'A session that was just revoked is revoked again.',
    find: '!provider.signOut || resting.get(refreshToken)',
    replace: '!provider.signOut',
  },
  {
    file: revocations,
    name: 'A revocation is waited for without end.',
    find: 'await withinTime(timeout, async (signal) => provider',
    replace: 'await withinTime(1e9 + timeout, async (signal) => provider',
  },
  {
    file: receipt,
    name: 'A token that comes nearly over counts by its own dates.',
    find: 'return old || early ?',
    replace: 'return early ?',
  },
  {
    file: receipt,
    name: 'A token that is not good yet counts by its own dates.',
    find: 'return old || early ?',
    replace: 'return old ?',
  },
  {
    file: receipt,
    name: 'Tokens of honest clocks carry a note.',
    find: 'return old || early ?',
    replace: 'return old || !early ?',
  },
  {
    file: receipt,
    name: 'A token that is most of its life old is young.',
    find: '- at < life * LEAST',
    replace: '- at < 0',
  },
  {
    file: receipt,
    name: 'A token lives on while this clock is set back.',
    find: 'age < 0 || lifeOf(claims) === undefined',
    replace: 'lifeOf(claims) === undefined',
  },
  {
    file: receipt,
    name: 'A token without a life lives for ever after its receipt.',
    find: 'age < 0 || lifeOf(claims) === undefined',
    replace: 'age < 0',
  },
  {
    file: receipt,
    name: 'A token that was not good yet when it came stays so.',
    find: 'Math.max(numberOf(claims.iat), numberOf(claims.nbf ?? claims.iat)) * 1000',
    replace: 'numberOf(claims.iat) * 1000',
  },
]

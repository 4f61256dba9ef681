const chosen = 'src/server/requests/chosen-session.ts'
const requests = 'src/server/requests/request-sessions.ts'
const routes = 'src/server/backend/session-routes.ts'
const proxy = 'src/server/backend/proxy.ts'
const hints = 'src/server/backend/hints.ts'
const guard = 'src/server/backend/guard.ts'

/** Checks that are gone where a request is looked at: which session it has, and what may be done in its name. */
export const SESSION_LOOKS = [
  {
    file: chosen,
    name: 'A failure of any kind erases the cookies of a session.',
    find: "if (!found.signedIn && found.reason === 'session_expired') return nobody(found, erased)",
    replace:
      "if (!found.signedIn && (found.reason === 'session_expired' || found.retryable))\n      return nobody(found, erased)",
  },
  {
    file: chosen,
    name: 'Where no cookie can be set a session is refreshed all the same.',
    find: "    if (refresh === 'never') return { session: current, sealed: value, failure, setCookies: [] }\n",
    replace: '',
  },
  {
    file: chosen,
    name: 'A session that was bound just now is sent back as it was before.',
    find: 'crowded || isNew ? writeCookie',
    replace: 'crowded ? writeCookie',
  },
  {
    file: chosen,
    name: 'Cookies that others have left stay beside the one that counts.',
    find: 'crowded || isNew ? writeCookie',
    replace: 'isNew ? writeCookie',
  },
  {
    file: chosen,
    name: 'While nobody can tell what a session is, it is refreshed.',
    find: '    if (failure?.retryable) return asItIs\n',
    replace: '',
  },
  {
    file: requests,
    name: 'A sign-out leaves a session that has no name.',
    find: 'holds.sessionId !== but || !but',
    replace: 'holds.sessionId !== but',
  },
  {
    file: requests,
    name: 'Who ends the one session whose cookie they copied is told that something was not done.',
    find: "const unmet = isStolen && scope === 'global' ?",
    replace: 'const unmet = isStolen ?',
  },
  {
    file: requests,
    name: 'Who has copied a cookie is shown the way to end the session at the auth server.',
    find: 'const sealed = !isStolen && value && sessions',
    replace: 'const sealed = value && sessions',
  },
  {
    file: 'src/server/sealed/renewal.ts',
    name: 'A refresh brings a token that nobody can read, or of another person, in place of the old one.',
    find: "if (tokens.ownerOf(next.accessToken, next.user.id) !== 'same') {",
    replace: "if (tokens.ownerOf(before.accessToken, next.user.id) !== 'same') {",
  },
  {
    file: routes,
    name: 'A refresh that failed went well, with the session of before.',
    find: 'if (!session || failure) return refuse',
    replace: 'if (!session) return refuse',
  },
  {
    file: proxy,
    name: 'What an upstream has done is done once more.',
    find: 'if (first.status !== 401 || body instanceof ReadableStream) return',
    replace: 'if (body instanceof ReadableStream) return',
  },
  {
    file: hints,
    name: 'Any site chooses the identity provider of a sign-in.',
    find: 'HINTS.filter((name) => asks(name) && isTaken(name))',
    replace: 'HINTS.filter((name) => asks(name) && (isTaken(name) || true))',
  },
  {
    file: guard,
    name: 'A request that only says that it asks is answered like the question of a browser.',
    find: "if (method !== 'OPTIONS' || wanted === null) return null",
    replace: "if (method === 'HEAD' || wanted === null) return null",
  },
  {
    file: 'src/server/sealed/ended-sessions.ts',
    name: 'By a coordinator that says `1` nobody has ever signed out.',
    find: 'coordinator.ended(name)))).some(Boolean)',
    replace: 'coordinator.ended(name)))).includes(true)',
  },
]

const data = 'src/server/sealed/session-data.ts'
const copies = 'src/server/sealed/token-copies.ts'
const sessions = 'src/server/sealed/sealed-sessions.ts'
const renewal = 'src/server/sealed/renewal.ts'
const limits = 'src/server/sealed/session-limits.ts'
const uses = 'src/server/sealed/uses.ts'
const signed = 'src/server/sealed/signed-tokens.ts'
const opaque = 'src/server/sealed/opaque-tokens.ts'

/** Checks of seals, and of what lies in them, that are gone. */
export const SEALED = [
  {
    file: data,
    name: 'A session need not say whose it is.',
    find: "typeof id !== 'string' || id === ''",
    replace: "typeof id !== 'string'",
  },
  {
    file: data,
    name: 'A session need not have both tokens.',
    find: '!accessToken || !refreshToken) return null',
    replace: '!accessToken) return null',
  },
  {
    file: data,
    name: 'A session without a refresh token is sealed.',
    find: '!grant.accessToken || !refreshToken || !user?.id',
    replace: '!refreshToken || !user?.id',
  },
  {
    file: data,
    name: 'Another person’s session takes the place of somebody’s.',
    find: 'previous && previous.user.id !== user.id',
    replace: 'previous && previous.user.id === null',
  },
  {
    file: data,
    name: 'A prototype in a seal goes into the session.',
    find: 'asObject(parseJson(json)) ?? {}',
    replace: 'asObject(JSON.parse(json)) ?? {}',
  },
  {
    file: copies,
    name: 'A seal names what all objects have for what its token says.',
    find: '!isBranch(found) || !Object.hasOwn(found, part)',
    replace: '!isBranch(found)',
  },
  {
    file: signed,
    name: 'The token of another person than the cookie’s opens it.',
    find: 'if (claims?.sub !== data.user.id) return null',
    replace: 'if (!claims) return null',
  },
  {
    file: signed,
    name: 'The token of another person counts as the same person’s.',
    find: "return claims.sub === userId ? 'same' : 'other'",
    replace: "return claims.sub === userId || userId ? 'same' : 'other'",
  },
  {
    file: opaque,
    name: 'A token that nobody can read lives for ever.',
    find: 'now() < end && ',
    replace: '',
  },
  {
    file: opaque,
    name: 'A token that nobody can read lives on while the clock is set back.',
    find: ' && now() >= start - CLOCKS_APART',
    replace: '',
  },
  {
    file: opaque,
    name: 'A token that nobody can read lives where no clock says how late it is.',
    find: 'if (!lives) return OVER',
    replace: 'if (now() >= end || now() < start - CLOCKS_APART) return OVER',
  },
  {
    file: opaque,
    name: 'An auth server is not asked whether a token lives.',
    find: 'return server ? toCheck(await server.ask(data.accessToken, end)) : { ok: true }',
    replace:
      'return server && end < 0 ? toCheck(await server.ask(data.accessToken, end)) : { ok: true }',
  },
  {
    file: opaque,
    name: 'An auth server that cannot be asked is a word against the token.',
    find: "found.type === 'unknown'\n    ? { ok: false, retryable: true, reason: found.reason }\n    : found.type",
    replace: "found.type === 'unknown'\n    ? OVER\n    : found.type",
  },
  {
    file: sessions,
    name: 'A session has no limits.',
    find: 'if (!(await uses.isOver(opened, cookie))) return opened',
    replace: 'if (!(await uses.isOver(opened, cookie)) || opened) return opened',
  },
  {
    file: sessions,
    name: 'Nobody is told of a forged cookie.',
    find: "        tell(onSecurityEvent, { type: 'forged-cookie', request: cookie.request })\n",
    replace: '        void tell\n        void onSecurityEvent\n',
  },
  {
    file: sessions,
    name: 'Nobody looks at the token of a cookie.',
    find: 'const check = await tokens.check(opened.data)',
    replace: 'const check = { ok: true } as Awaited<ReturnType<typeof tokens.check>>',
  },
  {
    file: sessions,
    name: 'A session that somebody signed out of is somebody until its token ends.',
    find: "      if (await ended.isOver(opened)) return cookieFailure('invalid_session_cookie')\n",
    replace: '',
  },
  {
    file: sessions,
    name: 'A session that somebody signed out of is refreshed.',
    find: '      if (await ended.isOver(opened)) return signedOutHere()\n',
    replace: '',
  },
  {
    file: sessions,
    name: 'A sign-out during a refresh is undone by its answer.',
    find: '      if (await ended.isOver(opened, next)) return signedOutHere()\n',
    replace: '',
  },
  {
    file: sessions,
    name: 'Somebody is signed in by the token of another.',
    find: "if (tokens.ownerOf(data.accessToken, data.user.id) !== 'same') {",
    replace: "if (tokens.ownerOf(data.accessToken, data.user.id) === 'unreadable') {",
  },
  {
    file: sessions,
    name: 'A sign-out returns to what is no web page.',
    find: '    if (returnTo !== undefined) checkReturnTo(returnTo)\n    if (!signOutUrl)',
    replace: '    if (!signOutUrl)',
  },
  {
    file: sessions,
    name: 'A use brings a session back that had come to its limit.',
    find: "if ('reason' in opened || (await uses.isOver(opened, cookie))) return null",
    replace: "if ('reason' in opened) return null",
  },
  {
    file: 'src/server/sealed/session-endings.ts',
    name: 'What is held of a session stays after its sign-out.',
    find: "      if (wanted.scope !== 'others') await parts.sealing.release(opened, 0)\n",
    replace: '',
  },
  {
    file: renewal,
    name: 'A refresh that brings another person’s user is taken.',
    find: "user.id !== from.user.id || owner === 'other'",
    replace: "owner === 'other'",
  },
  {
    file: renewal,
    name: 'A refresh that brings another person’s token is taken.',
    find: "user.id !== from.user.id || owner === 'other'",
    replace: 'user.id !== from.user.id',
  },
  {
    file: renewal,
    name: 'What another request got is taken, whosever it is.',
    find: 'if (next?.user.id === from.user.id) {',
    replace: 'if (next) {',
  },
  {
    file: renewal,
    name: 'Nobody is told of a refresh that the server refused.',
    find: "      tell(deps.onSecurityEvent, { type: 'refresh-refused', ...told })\n",
    replace: '      void told\n',
  },
  {
    file: renewal,
    name: 'Nobody is told of a spent token that came again.',
    find: '      if (spent) tell(deps.onReuse',
    replace: '      if (spent && !age) tell(deps.onReuse',
  },
  {
    file: renewal,
    name: 'Tabs that wait together are told of as reuse.',
    find: 'age !== undefined && next.refreshToken !== from.refreshToken',
    replace: 'next.refreshToken !== from.refreshToken',
  },
  {
    file: renewal,
    name: 'A session of another organization than the one asked for is taken.',
    find: 'astray = !!organizationId && organizationOf(next) !== organizationId',
    replace: 'astray = !!organizationId && organizationOf(next) === null',
  },
  {
    file: limits,
    name: 'A session lasts for ever that is used.',
    find: '!(age < absolute) || ',
    replace: '',
  },
  {
    file: limits,
    name: 'A session lasts for as long as its absolute limit while nobody uses it.',
    find: ' || (idle !== undefined && !(unused < idle))',
    replace: '',
  },
  {
    file: limits,
    name: 'A session lasts longer than a cookie may.',
    find: '({ absolute: LONGEST_COOKIE_LIFE, ...common, ...limits })',
    replace: '({ absolute: Number.POSITIVE_INFINITY, ...common, ...limits })',
  },
  {
    file: limits,
    name: 'The limits that were sealed in a session do not count.',
    find: ', ...common, ...limits })',
    replace: ', ...limits, ...common })',
  },
  {
    file: limits,
    name: 'A limit may be none.',
    find: "checkPositive('limits.idle', idle)",
    replace: 'idle',
  },
  {
    file: uses,
    name: 'A use of another session counts for this one.',
    find: 'use?.session === name ? [use.usedAt] : []',
    replace: 'use ? [use.usedAt] : []',
  },
  {
    file: 'src/server/requests/request-sessions.ts',
    name: 'A use that another host has planted is the only one.',
    find: 'readCookie(jar, used.name, looksSealed)',
    replace: 'readCookie(jar, used.name, looksSealed).slice(0, 1)',
  },
  {
    file: uses,
    name: 'Of several uses the oldest counts.',
    find: 'Math.max(...known)',
    replace: 'Math.min(...known)',
  },
  {
    file: uses,
    name: 'A use that was noted before the last refresh makes a session older.',
    find: 'Math.max(...known)',
    replace: 'known.at(-1)',
  },
]

const folder = 'src/server/supertokens'
const tokens = `${folder}/access-token.ts`
const given = `${folder}/arguments.ts`
const guard = `${folder}/guard.ts`
const renewal = `${folder}/renewal.ts`
const tombstones = `${folder}/tombstones.ts`
const verification = `${folder}/verification.ts`
const main = `${folder}/supertokens.ts`
const scheme = `${folder}/scheme.ts`
const credentials = `${folder}/web/credentials.ts`
const delivery = `${folder}/web/delivery.ts`
const duplicates = `${folder}/web/duplicates.ts`
const sessions = `${folder}/web/sessions.ts`
const turn = `${folder}/web/turn.ts`
const routes = `${folder}/web/routes.ts`
const cookies = `${folder}/web/token-cookies.ts`

/** Checks that are gone of what guards the sessions of SuperTokens. */
export const SUPERTOKENS = [
  {
    file: tokens,
    name: 'A token that the same keys signed for another service is a session.',
    find: '  if ((claims.stt ?? 0) !== 0) return null\n',
    replace: '',
  },
  {
    file: tokens,
    name: 'A token of any length is read.',
    find: 'token.length > LONGEST_ACCESS_TOKEN || ',
    replace: '',
  },
  {
    file: given,
    name: 'What the app puts into a token may be called as most of SuperTokens’ own claims.',
    find: 'PROTECTED_CLAIMS.find((name) =>',
    replace: 'PROTECTED_CLAIMS.slice(0, 3).find((name) =>',
  },
  {
    file: given,
    name: 'Junk of any form costs the core a request.',
    find: ' && isRefreshToken(value)',
    replace: '',
  },
  {
    file: given,
    name: 'A refresh token of any length costs the core a request.',
    find: 'token.length <= LONGEST_TOKEN && ',
    replace: '',
  },
  {
    file: guard,
    name: 'A failure that is not the core’s word ends a session.',
    find: "FINAL.includes(error.code) ? 'server_error' : error.code",
    replace: 'error.code',
  },
  {
    file: renewal,
    name: 'A session whose token was stolen goes on.',
    find: "onTheft === 'revoke'",
    replace: "onTheft !== 'revoke'",
  },
  {
    file: renewal,
    name: 'A stolen session can be brought back by an answer that is under way.',
    find: '      await tombstones.set(sessionHandle)\n',
    replace: '',
  },
  {
    file: renewal,
    name: 'Nobody is told of a theft.',
    find: "        tell(deps.onSecurityEvent, { type: 'theft', sessionId, userId, request })\n",
    replace: '        void [sessionId, userId]\n',
  },
  {
    file: renewal,
    name: 'Nobody is told of a refused refresh.',
    find: "      tell(deps.onSecurityEvent, { type: 'refresh-refused', ...wordsOf(error), request })\n",
    replace: '',
  },
  {
    file: renewal,
    name: 'Nobody is told that a spent token came again.',
    find: '      tell(deps.onReuse, { sessionId, userId, age, request })\n',
    replace: '      void [sessionId, userId]\n',
  },
  {
    file: renewal,
    name: 'Nobody is told of a sign-out that the core did not hear.',
    find: "      tell(deps.onSecurityEvent, { type: 'revocation-failed', sessionId: handle, ...words })\n",
    replace: '      void words\n',
  },
  {
    file: renewal,
    name: 'A session that was signed out of is not revoked when the core goes on with it.',
    find: '      if (await tombstones.has(tokens.session.handle)) await revoke(tokens.session.handle)\n',
    replace: '',
  },
  {
    file: renewal,
    name: 'A refresh that was under way brings back who signed out.',
    find: 'if (!(await tombstones.has(outcome.tokens.session.handle))) return outcome.tokens',
    replace: 'if (outcome.tokens.session.handle) return outcome.tokens',
  },
  {
    file: renewal,
    name: 'Who has no anti-CSRF token gets the answer to who has one.',
    find: '      antiCsrfToken,\n      JSON',
    replace: '      JSON',
  },
  {
    file: renewal,
    name: 'Who is not checked and who is share one answer.',
    find: '      JSON.stringify(settings),\n',
    replace: '',
  },
  {
    file: renewal,
    name: 'Junk pushes honest answers out of the map.',
    find: '{ isRefusal, replay }',
    replace: '{ isRefusal: () => false, replay }',
  },
  {
    file: tombstones,
    name: 'A sign-out that the core did not hear lasts no longer than an access token.',
    find: 'endHere(coordinator, handle, longestRefresh)',
    replace: 'endHere(coordinator, handle, longest)',
  },
  {
    file: tombstones,
    name: 'A sign-out lasts as long as tokens live by default, however long these do.',
    find: '    longest = Math.max(longest, expiry - createdTime)\n',
    replace: '',
  },
  {
    file: tombstones,
    name: 'Nobody can sign out while the coordinator fails.',
    find: 'ending.catch(() => undefined)',
    replace: 'ending',
  },
  {
    file: verification,
    name: 'A token that is over has its key looked up, which may be gone.',
    find: "    if (info.expiry <= now()) throw refusalOf({ ok: false, reason: 'expired' })\n",
    replace: '',
  },
  {
    file: verification,
    name: 'A token that nobody signed is good.',
    find: '    if (!verified.ok) throw refusalOf(verified)\n',
    replace: '    void verified\n',
  },
  {
    file: verification,
    name: 'The anti-CSRF token is never checked.',
    find: '    if (enableAntiCsrf && doAntiCsrfCheck) checkAntiCsrf(info, antiCsrfToken)\n',
    replace: '    void [doAntiCsrfCheck, antiCsrfToken]\n',
  },
  {
    file: verification,
    name: 'A question to the core brings back who signed out meanwhile.',
    find: '(accessToken || question.checkDatabase) && (await tombstones.has(session.handle))',
    replace: 'session.handle === undefined',
  },
  {
    file: verification,
    name: 'A session that lives on is over by a token of a branch that was rotated out.',
    find: '/refresh required/.test(error.message)',
    replace: '/refresh is required/.test(error.message)',
  },
  {
    file: verification,
    name: 'A token that only a core can check is checked by published keys.',
    find: 'info.version < 3 || ',
    replace: '',
  },
  {
    file: verification,
    name: 'A session is not looked up although the app asked for it.',
    find: '      if (checkDatabase) return ask(checked)\n',
    replace: '',
  },
  {
    file: main,
    name: 'Every site may act for whoever is signed in.',
    find: "options.antiCsrf === 'NONE' && options.cookies?.sameSite === 'none'",
    replace: "options.antiCsrf === 'NONE' && options.cookies?.sameSite === 'strict'",
  },
  {
    file: main,
    name: 'Cookies for other sites’ pages ask for no proof.',
    find: "cookies.sameSite === 'none' ? 'VIA_CUSTOM_HEADER' : 'NONE'",
    replace: "cookies.sameSite === 'strict' ? 'VIA_CUSTOM_HEADER' : 'NONE'",
  },
  {
    file: main,
    name: 'A refresh under way brings back a session that is being revoked.',
    find: '    await Promise.all(handles.map(tombstones.set))\n',
    replace: '',
  },
  {
    file: scheme,
    name: 'A cookie for other sites’ pages goes over plain http.',
    find: "sameSite === 'none' || (cookies.secure",
    replace: '(cookies.secure',
  },
  {
    file: scheme,
    name: 'What a core says becomes a header as it is.',
    find: 'says && isFit(kind, says) ? says : undefined',
    replace: 'says',
  },
  {
    file: credentials,
    name: 'A planted cookie stands in for the one that is fit.',
    find: 'fit.length > 0 ? fit : all',
    replace: 'all',
  },
  {
    file: credentials,
    name: 'A cookie counts as a proof that a page is our own.',
    find: 'hasRid || [authMode',
    replace: 'hasRid !== undefined || [authMode',
  },
  {
    file: credentials,
    name: 'A token in a header is taken by an app that takes cookies only.',
    find: "allowed !== 'cookie' && header !== undefined",
    replace: 'header !== undefined',
  },
  {
    file: credentials,
    name: 'A cookie is taken by an app that takes headers only.',
    find: "allowed !== 'header' && cookie !== undefined",
    replace: 'cookie !== undefined',
  },
  {
    file: delivery,
    name: 'A token that no header can hold is written half-way.',
    find: '  checkTokens(tokens)\n',
    replace: '',
  },
  {
    file: delivery,
    name: 'An answer with tokens may be kept by a cache.',
    find: "    ...(transfer === 'cookie' && token && { 'id-refresh-token': `${token};${expiry}` }),\n  })\n  untilSent(answer, forbidStorage)",
    replace:
      "    ...(transfer === 'cookie' && token && { 'id-refresh-token': `${token};${expiry}` }),\n  })",
  },
  {
    file: delivery,
    name: 'A cookie at a former place comes beside the new one.',
    find: 'credentials.cookies.includes(name) ? eraseFormer(cookie) : []',
    replace: 'credentials.cookies.includes(name) ? [] : eraseFormer(cookie)',
  },
  {
    file: delivery,
    name: 'A stolen session keeps its cookies.',
    find: "if (over || isSuperTokensError(error, 'TOKEN_THEFT_DETECTED')) await",
    replace: 'if (over) await',
  },
  {
    file: duplicates,
    name: 'Of two refresh tokens the first is sent, and looks like theft.',
    find: 'refreshTokens.length <= 1 && accessTokens.length <= 1',
    replace: 'refreshTokens.length <= 2',
  },
  {
    file: sessions,
    name: 'A page of another origin acts with the cookies of whoever looks at it.',
    find: "  if (antiCsrfCheck && shown.transfer === 'cookie') checkOrigin(turn)\n",
    replace: '',
  },
  {
    file: turn,
    name: 'A page of another origin refreshes.',
    find: '  checkOrigin(turn)\n  const { settings, credentials } = turn\n',
    replace: '  const { settings, credentials } = turn\n',
  },
  {
    file: sessions,
    name: 'What changes something needs no proof.',
    find: '!/^(get|head|options)$/i.test(method)',
    replace: '/^(get|head|options)$/i.test(method)',
  },
  {
    file: turn,
    name: 'A refresh without the header `rid` reaches the core.',
    find: "settings.superTokens.antiCsrf === 'VIA_CUSTOM_HEADER' && !credentials.hasRid) {",
    replace: "settings.superTokens.antiCsrf === 'VIA_CUSTOM_HEADER' && false) {",
  },
  {
    file: sessions,
    name: 'A page of another site signs somebody out by what it cannot send.',
    find: 'mayClear(turn, shown) ? clearingWhenOver(turn, exchanged) : exchanged()',
    replace: 'clearingWhenOver(turn, exchanged)',
  },
  {
    file: turn,
    name: 'A page of another site has the cookies of a session erased.',
    find: "transfer === 'header' || !isOwnPage(credentials)",
    replace: "transfer === 'header'",
  },
  {
    file: turn,
    name: 'A token that lives is erased because no refresh token came with it.',
    find: '  if (asksForRefresh(credentials, settings.now())) await',
    replace: '  await',
  },
  {
    file: turn,
    name: 'Of two access tokens the first counts.',
    find: 'accessTokens.length > 1',
    replace: 'accessTokens.length > 2',
  },
  {
    file: sessions,
    name: 'A session that nobody will ever have is left alive.',
    find: '    await superTokens.revokeSession(tokens.session.handle).catch(() => undefined)\n',
    replace: '',
  },
  {
    file: sessions,
    name: 'The tokens that came the other way stay beside the new ones.',
    find: "  if (transfer === 'header' && cookies.length > 0) await wipe(turn, 'cookie')\n",
    replace: '  void cookies\n',
  },
  {
    file: routes,
    name: 'A link signs out.',
    find: "    if (exchange.request.method !== 'POST') return null\n",
    replace: '',
  },
  {
    file: routes,
    name: 'A page of another site has cookies erased by a sign-out without a session.',
    find: 'if (isOwnPage(turn.credentials)) await clearTokens(turn)',
    replace: 'await clearTokens(turn)',
  },
  {
    file: routes,
    name: 'A core that fails is told as a session that is over.',
    find: '  if (!retryable) return null\n',
    replace:
      "  if (retryable) return json(sessionExpiredStatusCode, { message: 'unauthorised' })\n",
  },
  {
    file: cookies,
    name: 'A cookie that no browser keeps is sent.',
    find: '  checkCookieRoom(cookie.name, value.length)\n',
    replace: '',
  },
]

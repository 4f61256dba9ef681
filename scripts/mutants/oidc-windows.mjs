const popup = 'src/providers/oidc/popup.ts'
const handBack = 'src/providers/oidc/hand-back.ts'
const silent = 'src/providers/oidc/silent.ts'
const takeOver = 'src/providers/oidc/take-over.ts'
const leftSession = 'src/providers/oidc/left-session.ts'
const msalCache = 'src/providers/oidc/msal-cache.ts'
const secondFactor = 'src/providers/oidc/second-factor.ts'
const errors = 'src/providers/oidc/errors.ts'

/** Checks that are gone of sign-ins in windows and frames, of second factors, and of what other libraries left. */
export const OIDC_WINDOWS = [
  {
    file: 'src/providers/shared/redirect.ts',
    name: 'Two tabs that handle one callback send its code twice.',
    find: '      .alone(() => finish(address, call), call)\n',
    replace: '      .flows()\n      .then(() => finish(address, call))\n',
  },
  {
    file: 'src/core/alone.ts',
    name: 'Who waits for a turn may not find yet what the one before has removed.',
    find: '      arrivals.saved()\n',
    replace: '',
  },
  {
    file: 'src/core/engine.ts',
    name: 'A client that is disposed of waits on for its turn with a callback.',
    find: '      arrivals.dispose(disposed)\n',
    replace: '',
  },
  {
    file: 'src/providers/oidc/server.ts',
    name: 'The tokens of a session go to another issuer.',
    find: 'if (kept && said !== issuer && !isIssuer(said, issuer))',
    replace: 'if (kept && said === null)',
  },
  {
    file: 'src/providers/oidc/grants.ts',
    name: 'The tokens of a session that was taken over go to another issuer.',
    find: '(kept.server ?? iss) && {',
    replace: 'kept.server && {',
  },
  {
    file: 'src/providers/oidc/server.ts',
    name: 'After an outage nobody ever asks again where a token endpoint is.',
    find: '    deaf = false\n',
    replace: '',
  },
  {
    file: 'src/providers/oidc/server.ts',
    name: 'In an outage nobody asks a token endpoint whose issuer cannot tell whether it has moved.',
    find: 'if (!known || !unheard) throw error',
    replace: 'if (error) throw error',
  },
  {
    file: 'src/providers/oidc/server.ts',
    name: 'A page that may not read a 404 does not look for the other document.',
    find: "&& !isAuthError(error, 'network')) throw error",
    replace: ') throw error',
  },
  {
    file: 'src/providers/oidc/tokens.ts',
    name: 'A token endpoint whose name is gone is asked for ever.',
    find: "if (unheard || isAuthError(error, 'bad_response'))",
    replace: "if (isAuthError(error, 'bad_response'))",
  },
  {
    file: 'src/providers/oidc/id-token.ts',
    name: 'A token of any tenant of Entra passes for one of the tenant that it names.',
    find: "isIssuer(iss, issuer, claims.tid ?? '')",
    replace: 'isIssuer(iss, issuer)',
  },
  {
    file: 'src/providers/oidc/id-token.ts',
    name: 'An answer of one tenant of Entra may hold the id token of another.',
    find: ' && iss === (said ?? iss)',
    replace: '',
  },
  {
    file: 'src/providers/shared/issuer.ts',
    name: 'A tenant of Entra has any name.',
    find: 'ID.test(id) && issuer.replace',
    replace: 'issuer.replace',
  },
  {
    file: 'src/providers/oidc/begin.ts',
    name: 'A client that was disposed of sends a window or a frame to the server.',
    find: 'context.throwIfDisposed?.()\n',
    replace: '\n',
  },
  {
    file: 'src/providers/oidc/sign-in.ts',
    name: 'The tokens of a code that is spent are lost with their client, which could not ask who it is.',
    find: ', throwIfDisposed: undefined }',
    replace: ' }',
  },
  {
    file: popup,
    name: 'A popup takes the answer that any window of this origin says.',
    find: 'from === null || from === opened ? answerIn(said, state) : null',
    replace: 'answerIn(said, state)',
  },
  {
    file: popup,
    name: 'A popup hears pages of other origins.',
    find: 'if (origin === location.origin) heard(data, source)',
    replace: 'heard(data, source)',
  },
  {
    file: popup,
    name: 'A window that its server has cut off is taken for closed.',
    find: 'gone = opened.closed && here ? gone + 1 : 0',
    replace: 'gone = opened.closed ? gone + 1 : 0',
  },
  {
    file: popup,
    name: 'What a popup says as it closes is not waited for.',
    find: 'const SURE = 2\n',
    replace: 'const SURE = 1\n',
  },
  {
    file: popup,
    name: 'A popup stays open when its sign-in has ended.',
    find: '        opened.close()\n',
    replace: '',
  },
  {
    file: popup,
    name: 'A popup leaves its timers and listeners behind.',
    find: '    for (const end of ends) end()\n',
    replace: '',
  },
  {
    file: popup,
    name: 'A popup does not end with its client.',
    find: '    alive().catch(tell)\n',
    replace: '',
  },
  {
    file: handBack,
    name: 'The answer to one sign-in is taken for another.',
    find: "fields?.get('state') === state ? fields : null",
    replace: 'fields',
  },
  {
    file: handBack,
    name: 'The callback page of a frame closes the window.',
    find: "if (carrier === 'frame') return true\n",
    replace: 'close()',
  },
  {
    file: handBack,
    name: 'An answer for a frame is told to every window of the origin.',
    find: "carrier === 'popup' ? openChannel() : null",
    replace: 'openChannel()',
  },
  {
    file: silent,
    name: 'A frame is heard on any origin.',
    find: 'const own = origin === location.origin && source === frame.contentWindow',
    replace: 'const own = source === frame.contentWindow',
  },
  {
    file: silent,
    name: 'Any frame of this origin is heard for another.',
    find: 'const own = origin === location.origin && source === frame.contentWindow',
    replace: 'const own = origin === location.origin',
  },
  {
    file: silent,
    name: 'A frame is made for somebody who has given up.',
    find: '  if (signal.aborted) throw signal.reason\n',
    replace: '',
  },
  {
    file: silent,
    name: 'A renewal forgets what its sign-in asked for.',
    find: '{ ...before, ...textsIn(context) }',
    replace: 'textsIn(context)',
  },
  {
    file: silent,
    name: 'A token of another scope is nobody’s.',
    find: 'named ? `openid ${scope}` : scope',
    replace: 'scope',
  },
  {
    file: silent,
    name: 'A frame is left in the page.',
    find: '      frame.remove()\n',
    replace: '',
  },
  {
    file: silent,
    name: 'A session becomes that of whoever is signed in at the server by now.',
    find: '  if (!same) throw subjectChanged()\n',
    replace: '',
  },
  {
    file: silent,
    name: 'Tokens of nobody knows whom renew a session.',
    find: '    : grant.user && grant.user.id === session.user?.id',
    replace: '    : true',
  },
  {
    file: 'src/providers/oidc/index.ts',
    name: 'What stands for a refresh token is sent to the server at the sign-out.',
    find: 'isMark(session.refreshToken) ? null : session.refreshToken',
    replace: 'session.refreshToken',
  },
  {
    file: leftSession,
    name: 'A token that cannot be refreshed is taken over for its newness.',
    find: 'Number(!text(a.refresh_token)) - Number(!text(b.refresh_token)) || ',
    replace: '',
  },
  {
    file: leftSession,
    name: 'A dead session is taken over that nothing brings to life.',
    find: '  if (left <= 0 && !text(refresh_token)) return null\n',
    replace: '',
  },
  {
    file: takeOver,
    name: 'The refresh token of another account is taken over.',
    find: 'of(type).filter((one) => one.homeAccountId === homeAccountId)',
    replace: 'of(type)',
  },
  {
    file: takeOver,
    name: 'A guest is taken over as who they are at another tenant.',
    find: 'own.find((one) => one.realm === realm) ?? own[0]',
    replace: 'own[0]',
  },
  {
    file: leftSession,
    name: 'A session whose access token was removed is lost.',
    find: '(text(access_token) ?? text(refresh_token))',
    replace: 'text(access_token)',
  },
  {
    file: leftSession,
    name: 'What stands for a token that was removed lives as long as that did.',
    find: 'other || access_token === GONE ?',
    replace: 'other ?',
  },
  {
    file: msalCache,
    name: 'What msal-browser has encrypted for another client of the origin is removed.',
    find: 'key.includes(mark + clientId.toLowerCase() + mark)',
    replace: 'key.includes(mark)',
  },
  {
    file: msalCache,
    name: 'What msal-browser has encrypted is opened without the id of its client, and not at all.',
    find: "key.includes(clientId) ? clientId : ''",
    replace: "''",
  },
  {
    file: leftSession,
    name: 'A token for another API is taken for the session’s own.',
    find: 'const left = other || ',
    replace: 'const left = ',
  },
  {
    file: leftSession,
    name: 'A session is taken over whose subject nobody remembers.',
    find: 'kept: { subject: text(claims?.sub) }',
    replace: 'kept: {}',
  },
  {
    file: secondFactor,
    name: 'What one person proves is given to whoever has signed in since.',
    find: 'current.refreshToken !== refreshToken',
    replace: 'current.refreshToken === `${refreshToken} `',
  },
  {
    file: secondFactor,
    name: 'The next recovery code lies in storage.',
    find: 'grant: grant && { ...grant, extras },',
    replace: 'grant: grant && { ...extras, ...grant },',
  },
  {
    file: secondFactor,
    name: 'A token for an API that asked for a factor becomes the session’s own.',
    find: '          target,\n',
    replace: '',
  },
  {
    file: errors,
    name: 'A sign-in that is asked for a factor is said to have spent a token.',
    find: "asked !== 'sign-in' && step === MFA",
    replace: 'step === MFA',
  },
  {
    file: errors,
    name: 'Every step is said to have spent the token.',
    find: "asked !== 'sign-in' && step === MFA",
    replace: "asked !== 'sign-in' && !!MFA",
  },
]

const fields = 'src/server/backend/fields.ts'
const view = 'src/server/backend/session-view.ts'
const session = 'src/server/backend/session-routes.ts'
const signIn = 'src/server/backend/sign-in-routes.ts'
const refusal = 'src/providers/shared/refusal.ts'
const end = 'src/server/backend/sign-in-end.ts'
const hints = 'src/server/backend/hints.ts'
const sites = 'src/server/backend/sites.ts'
const organization = 'src/server/backend/organization-routes.ts'
const choices = 'src/server/backend/choices.ts'
const flows = 'src/server/backend/flows.ts'
const problems = 'src/server/backend/problems.ts'

/** Checks that are gone of sign-ins under way, and of what pages are told. */
export const SIGN_IN = [
  {
    file: organization,
    name: 'A link on another site chooses an organization for somebody.',
    find: 'if (!isOwnNavigation(request, callers)) return refuse(FOREIGN)',
    replace: 'if (!callers) return refuse(FOREIGN)',
  },
  {
    file: organization,
    name: 'Somebody chooses an organization that was not offered.',
    find: 'if (!choice.organizations.some((one) => one.id === id))',
    replace: 'if (!choice.organizations.some(() => true))',
  },
  {
    file: organization,
    name: 'A choice ends a sign-in that was begun at another auth server.',
    find: 'return choice?.redirectUri === deps.redirectUri(url) ? choice : null',
    replace: 'return choice',
  },
  {
    file: organization,
    name: 'A choice that counts no more is kept.',
    find: "isAuthError(error, 'invalid_credentials') ? used : []",
    replace: "isAuthError(error, 'timeout') ? used : []",
  },
  {
    file: choices,
    name: 'A choice can be made whenever somebody likes.',
    find: '{ ttl: LIFETIME, now }',
    replace: '{ now }',
  },
  {
    file: sites,
    name: 'A backend answers under hosts that are not on its list.',
    find: 'return origin === undefined ? null : new URL(`${origin}${url.pathname}${url.search}`)',
    replace: 'return new URL(`${origin ?? url.origin}${url.pathname}${url.search}`)',
  },
  {
    file: sites,
    name: 'A backend of http: and https: hosts sets cookies that some of them lose.',
    find: 'protocols.size > 1',
    replace: 'protocols.size > 2',
  },
  {
    file: end,
    name: 'What the app says after a sign-in leads out of it.',
    find: "typeof target === 'string' ? safeReturnTo(target)",
    replace: "typeof target === 'string' ? target",
  },
  {
    file: end,
    name: 'A sign-in that the app refuses ends the session that was.',
    find: 'const target = await ask({ session, state, returnTo, request })\n    const { setCookies, headers } = await sessions.setSession(grant, cookie)',
    replace:
      'const { setCookies, headers } = await sessions.setSession(grant, cookie)\n    const target = await ask({ session, state, returnTo, request })',
  },
  {
    file: hints,
    name: 'A link on another site says what a sign-in carries.',
    find: 'if (state === undefined || !isOwnNavigation(request, callers)) return undefined',
    replace: 'if (state === undefined) return undefined',
  },
  {
    file: session,
    name: 'A page refreshes the session of somebody else.',
    find: 'if (await isStranger(call, wish)) return refuse(CHANGED)\n    const { organizationId } = wish',
    replace: 'const { organizationId } = wish',
  },
  {
    file: session,
    name: 'A page signs somebody else out.',
    find: 'if (await isStranger(call, wish)) return refuse(CHANGED)\n    const returnTo',
    replace: 'const returnTo',
  },
  {
    file: view,
    name: 'Pages get the token whether the app wants it or not.',
    find: '...(exposeAccessToken && { accessToken })',
    replace: '...(exposeAccessToken ? { accessToken } : { accessToken })',
  },
  {
    file: view,
    name: 'The name that a page has for a token is the token.',
    find: 'handle: await fingerprint(accessToken)',
    replace: 'handle: accessToken',
  },
  {
    file: session,
    name: 'A sign-out leads wherever a page says.',
    find: 'safeReturnTo(wish.returnTo)',
    replace: 'wish.returnTo',
  },
  {
    file: fields,
    name: 'A wish of a page is as long as it likes.',
    find: 'readAll(request.body, LARGEST, IDLE)',
    replace: 'readAll(request.body, Number.POSITIVE_INFINITY, IDLE)',
  },
  {
    file: signIn,
    name: 'A sign-in ends wherever a link says.',
    find: "safeReturnTo(url.searchParams.get('returnTo'))",
    replace: "(url.searchParams.get('returnTo') ?? '/')",
  },
  {
    file: signIn,
    name: 'The verifier goes to the auth server with the browser.',
    find: 'codeChallenge: challenge,',
    replace: 'codeChallenge: verifier,',
  },
  {
    file: signIn,
    name: 'A code is traded without the verifier of the sign-in.',
    find: 'codeVerifier: flow.verifier,',
    replace: 'codeVerifier: flow.state,',
  },
  {
    file: signIn,
    name: 'A backend finishes what was begun at another auth server.',
    find: 'if (flow?.redirectUri !== deps.redirectUri(call.url)) return astray(call)',
    replace: 'if (!flow) return astray(call)',
  },
  {
    file: signIn,
    name: 'A sign-in can be finished twice.',
    find: '[...used, ...ended.setCookies]',
    replace: 'ended.setCookies',
  },
  {
    file: signIn,
    name: 'A browser that keeps no cookies signs in without end.',
    find: '?.endsWith(`.${AGAIN}`)',
    replace: '?.endsWith(`,${AGAIN}`)',
  },
  {
    file: refusal,
    name: 'The auth server’s refusal is repeated however long it is.',
    find: '{1,500}',
    replace: '{1,50000}',
  },
  {
    file: refusal,
    name: 'The auth server’s code is repeated however long it is.',
    find: '[\\w.-]{0,63}$',
    replace: '[\\w.-]{0,50000}$',
  },
  {
    file: refusal,
    name: 'What a server says that has failed is shown to whoever follows the link.',
    find: "failed ? 'The server cannot answer now.' : refused",
    replace: 'refused',
  },
  {
    file: flows,
    name: 'A sign-in is finished under the name of another.',
    find: 'if (flow?.state === state) return flow',
    replace: 'if (flow) return flow',
  },
  {
    file: flows,
    name: 'What is no name of a sign-in is looked for.',
    find: 'state === null || !STATE.test(state)',
    replace: 'state === null',
  },
  {
    file: flows,
    name: 'A sign-in can be finished whenever somebody likes.',
    find: '{ ttl: lifetime, now }',
    replace: '{ now }',
  },
  {
    file: flows,
    name: 'A browser may have as many sign-ins under way as it likes.',
    find: 'kept.slice(0, Math.max(0, kept.length - MOST + 1))',
    replace: 'kept.slice(0, 0)',
  },
  {
    file: flows,
    name: 'Planted values push the cookie of a sign-in out.',
    find: 'readCookie(jar, nameOf(state), looksSealed)',
    replace: 'readCookie(jar, nameOf(state))',
  },
  {
    file: flows,
    name: 'A sibling host can set the cookie of a sign-in.',
    find: "${secure ? '__Host-' : ''}holdfast-flow-",
    replace: 'holdfast-flow-',
  },
  {
    file: flows,
    name: 'What was sealed as something else is taken for a sign-in.',
    find: 'return whole ? { state, verifier, returnTo, redirectUri, ...proof, appState } : null',
    replace:
      'return whole || rest ? { state: `${state}`, verifier: `${verifier}`, returnTo: `${returnTo}`, redirectUri: `${redirectUri}`, ...proof, appState } : null',
  },
  {
    file: problems,
    name: 'A page gets the token of a sign-in that lacks a step.',
    find: '{ pendingAuthenticationToken: _, ...details }',
    replace: '{ ...details }',
  },
]

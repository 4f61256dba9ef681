const proof = 'src/server/oidc/client-authentication.ts'
const wire = 'src/server/oidc/wire.ts'
const signIn = 'src/server/oidc/sign-in.ts'
const server = 'src/server/oidc/server.ts'
const grants = 'src/server/oidc/grants.ts'
const sessions = 'src/server/oidc/sessions.ts'
const calls = 'src/server/oidc/calls.ts'

/** Checks that are gone of a client of an OpenID Connect server on a server. */
export const OIDC_SERVER = [
  {
    file: proof,
    name: 'A secret goes with any way of saying who a client is, and with none.',
    find: "if (!method || !fits('clientSecret') || !fits('privateKey'))",
    replace: 'if (!method)',
  },
  {
    file: proof,
    name: 'A public key passes for a private one.',
    find: "? key.type === 'private' && key.usages.includes('sign') : 'd' in key",
    replace: "? key.usages.length > 0 : 'kty' in key",
  },
  {
    file: proof,
    name: 'What a client has signed for one server does at another.',
    find: "const aud = assertionAudience === 'issuer' ? issuer : tokenEndpoint",
    replace: 'const aud = tokenEndpoint',
  },
  {
    file: proof,
    name: 'What a client has signed is the same each time.',
    find: 'jti: crypto.randomUUID()',
    replace: "jti: 'once'",
  },
  {
    file: proof,
    name: 'A client says who it is in two ways at once.',
    find: 'prove: async ({ client_id: _, ...form }) => form,',
    replace: 'prove: async (form) => form,',
  },
  {
    file: wire,
    name: 'The secret goes to whoever is sent a form.',
    find: '!metadata || !PROVING.some((name) => metadata[name] === endpoint)',
    replace: '!metadata',
  },
  {
    file: wire,
    name: 'A secret that the server repeats is in errors.',
    find: 'withoutEcho(answer.body, { form: { client_secret: proof.secret } })',
    replace: 'withoutEcho(answer.body, {})',
  },
  {
    file: wire,
    name: 'Each caller asks for the document.',
    find: 'asking ??= look()',
    replace: 'asking = look()',
  },
  {
    file: wire,
    name: 'Nobody can stop waiting for the document.',
    find: 'return heeding(context.signal, asking)',
    replace: 'return asking',
  },
  {
    file: wire,
    name: 'A pushed sign-in does not say whose it is.',
    find: 'const sent = pushed ? { ...proven, client_id: form.client_id } : proven',
    replace: 'const sent = pushed ? { ...proven } : proven',
  },
  {
    file: signIn,
    name: 'A code of another server is sent to this one.',
    find: '  if (refusal) throw refusal\n',
    replace: '',
  },
  {
    file: signIn,
    name: 'An id token of another sign-in does.',
    find: 'const id = await challengeOf(secret)',
    replace: 'const id = (await challengeOf(secret)) && undefined',
  },
  {
    file: signIn,
    name: 'How long ago somebody proved who they are is asked for, and not looked at.',
    find: 'const age = maxAge === undefined ? undefined : Math.floor(maxAge / 1000)',
    replace: 'const age = maxAge === undefined ? undefined : undefined',
  },
  {
    file: signIn,
    name: 'A proof that is none is sent as one.',
    find: '!CHALLENGE.test(codeChallenge)',
    replace: '!CHALLENGE',
  },
  {
    file: signIn,
    name: 'What the options add to every sign-in is left out.',
    find: '  const asked = {\n    ...toTexts(options.parameters),',
    replace: '  const asked: Record<string, string> = {\n    ...{},',
  },
  {
    file: server,
    name: 'What stands for a refresh token is sent to the server.',
    find: 'if (isMarker(token)) {',
    replace: "if (isMarker(token) && token === '') {",
  },
  {
    file: server,
    name: 'A sign-out of all sessions ends one, and says nothing.',
    find: "if (scope !== 'local') {",
    replace: 'if (scope === undefined) {',
  },
  {
    file: server,
    name: 'The page that ends a session leads to a script.',
    find: 'returnTo === undefined ? undefined : checkReturnTo(returnTo)',
    replace: 'returnTo === undefined ? undefined : returnTo',
  },
  {
    file: grants,
    name: 'Sessions without a refresh token are one and the same.',
    find: '`${MARKER}${crypto.randomUUID()}`',
    replace: 'MARKER',
  },
  {
    file: sessions,
    name: 'A JWT of any issuer does whose key fits.',
    find: 'return { ...checks, issuer, ...server.keys }',
    replace: 'return { ...checks, ...(issuer && {}), ...server.keys }',
  },
  {
    file: calls,
    name: 'A token lives of which the server says nothing.',
    find: "if (typeof active === 'boolean') return { ...said, active }",
    replace: 'if (active !== null) return { ...said, active: Boolean(active) }',
  },
  {
    file: calls,
    name: 'What an app adds to a token exchange replaces what it is.',
    find: '    ...wished(exchange),\n    grant_type: EXCHANGE,',
    replace: '    grant_type: EXCHANGE,\n    ...wished(exchange),',
  },
  {
    file: 'src/server/sealed/sealed-sessions.ts',
    name: 'A session that cannot be renewed fails to be, ahead of its end.',
    find: 'parts.renews(opened.data.refreshToken) ? parts.marginOf(life) : 0',
    replace: 'parts.marginOf(life)',
  },
  {
    file: 'src/server/sealed/sealed-sessions.ts',
    name: 'A session that cannot be renewed is over when a page asks for that.',
    find: '    if (check.ok) {\n      const message',
    replace: "    if (check.ok && data.id === '') {\n      const message",
  },
  {
    file: 'src/server/sealed/renewal.ts',
    name: 'A provider does not know whose session it refreshes.',
    find: '        session,\n        // The answer',
    replace: '        session: session && null,\n        // The answer',
  },
  {
    file: 'src/server/sealed/session-data.ts',
    name: 'A seal keeps all that came with a grant.',
    find: '    names.flatMap((name) => {',
    replace: '    [...names, ...Object.keys(given)].flatMap((name) => {',
  },
  {
    file: 'src/server/sealed/session-data.ts',
    name: 'A session that is too large keeps its id token.',
    find: 'const { id_token: _, ...extras } = data.extras ?? {}',
    replace: 'const { ...extras } = data.extras ?? {}',
  },
  {
    file: 'src/server/backend/sign-in-routes.ts',
    name: 'Whoever calls itself the issuer is not looked at.',
    find: "issuer: call.url.searchParams.get('iss') ?? undefined",
    replace: "issuer: call.url.searchParams.get('is') ?? undefined",
  },
  {
    file: 'src/server/backend/sign-in-routes.ts',
    name: 'Markup of whoever made an address is shown.',
    find: '/^[^<>\\p{Cc}]+(?=\\r?\\n[^<>]*$|$)/u',
    replace: '/^[^\\p{Cc}]+(?=\\r?\\n[^<>]*$|$)/u',
  },
  {
    file: 'src/server/backend/flows.ts',
    name: 'How long ago somebody may have proved who they are is forgotten on the way.',
    find: "typeof rest.maxAge === 'number' ? rest.maxAge : undefined",
    replace: "typeof rest.maxAge === 'number' ? undefined : undefined",
  },
  {
    file: 'src/server/oidc/endpoints.ts',
    name: 'The document of an issuer by https: has secrets sent by http: on this host.',
    find: ' || (isSafe && !/^https:/i.test(`${value}`))',
    replace: '',
  },
  {
    file: 'src/server/oidc/endpoints.ts',
    name: 'An endpoint may have a fragment, or a line break.',
    find: 'ODD.test(`${value}`) || ',
    replace: '',
  },
  {
    file: wire,
    name: 'An issuer that fails is asked for its document by each who wants to sign in.',
    find: 'failure && isLately(failure.at, failure.rest, now())',
    replace: 'failure && isLately(failure.at, 0, now())',
  },
  {
    file: calls,
    name: 'What stands for a refresh token is sent.',
    find: 'return isMarker(token)',
    replace: 'return isMarker(token) && !token',
  },
  {
    file: 'src/server/sealed/opaque-tokens.ts',
    name: 'A seal of another provider opens where no key tells whose token it holds.',
    find: '      if (!isSealOf(provider, data)) return null\n',
    replace: '',
  },
  {
    file: 'src/server/sealed/seal-owner.ts',
    name: 'A seal that does not say for whom it was made opens for a provider that takes its own only.',
    find: '(provider === undefined ? !ownSealsOnly : provider === id)',
    replace: '(provider === undefined || (ownSealsOnly && false) || provider === id)',
  },
  {
    file: 'src/server/sealed/renewal.ts',
    name: 'Two sign-ins that their server calls by one id are one session.',
    find: 'provider.sharesSessionIds ? undefined : ',
    replace: '',
  },
  {
    file: 'src/server/backend/sign-in-routes.ts',
    name: 'The words of another server are shown as a refusal.',
    find: 'iss !== null && issuer !== undefined && iss !== issuer',
    replace: 'iss === null && issuer !== undefined && iss !== issuer',
  },
  {
    file: 'src/server/sealed/renewal.ts',
    name: 'A request sends a token of which its seal says that it is spent.',
    find: '        if (before.spentOn) throw stepError(before.spentOn)\n',
    replace: '',
  },
  {
    file: 'src/server/sealed/renewal.ts',
    name: 'A seal does not learn that its token was spent on a step.',
    find: 'details?.spent === true ? details.step : undefined',
    replace: 'details?.spent === true ? undefined : undefined',
  },
  {
    file: 'src/providers/oidc/verify-id-token.ts',
    name: 'A forged id token signs somebody in.',
    find: '      if (waits) throw notBelieved(wrong)\n',
    replace: '',
  },
  {
    file: 'src/providers/oidc/verify-id-token.ts',
    name: 'A forged id token of a refresh takes the place of the one before it.',
    find: "id_token: token.slice(0, token.lastIndexOf('.') + 1)",
    replace: 'id_token: token',
  },
  {
    file: 'src/providers/oidc/verify-id-token.ts',
    name: 'Whatever the document names signs id tokens, such as nothing.',
    find: 'registered ?? algorithms.filter((alg) => PUBLIC.test(alg))',
    replace: 'registered ?? algorithms',
  },
  {
    file: 'src/providers/oidc/verify-id-token.ts',
    name: 'Older keys take the place of newer ones.',
    find: 'if (!known || own.turn > known.turn) known = set',
    replace: 'known = set',
  },
  {
    file: 'src/providers/oidc/verify-id-token.ts',
    name: 'An id token of another access token does.',
    find: 'if (value && name in claims && claims[name] !== (await halfOf(alg, value))) return name',
    replace: 'if (value && name in claims && !(await halfOf(alg, value))) return name',
  },
  {
    file: 'src/server/workos/server.ts',
    name: 'A server that asks for a pause is asked again at once.',
    find: 'if (!isAuthError(error) || error.retryAfter !== undefined) return false',
    replace: 'if (!isAuthError(error)) return false',
  },
]

const confirm = 'src/server/gotrue/confirm.ts'
const workos = 'src/server/workos/server.ts'
const pages = 'src/next/page-paths.ts'
const routes = 'src/server/supertokens/web/routes.ts'
const given = 'src/server/supertokens/arguments.ts'
const proof = 'src/server/oidc/client-authentication.ts'

/** Checks that are gone of what servers ask and answer, of which no test had noticed. */
export const SERVER_CHECKS = [
  {
    file: confirm,
    name: 'Who only goes to the link of a message has agreed to it.',
    find: "call.request.method === 'POST' && tools.isOwn(call)",
    replace: 'tools.isOwn(call)',
  },
  {
    file: workos,
    name: 'What WorkOS refuses to send counts as sent.',
    find: 'if (isFine(answer)) return asObject(answer.body) ?? {}',
    replace: 'if (answer) return asObject(answer.body) ?? {}',
  },
  {
    file: workos,
    name: 'WorkOS is to revoke a session without a name.',
    find: `      if (!sessionId) throw new AuthError('rejected', 'This session has no id at WorkOS.')
      await revoke(sessionId, context)`,
    replace: "      await revoke(sessionId ?? '', context)",
  },
  {
    file: proof,
    name: 'A client that is to prove itself in a way that is unknown proves nothing.',
    find: "  if (method !== 'none') reject('`clientAuthentication` is no way that is known here.')\n",
    replace: '',
  },
  {
    file: proof,
    name: 'A key that signs nothing is to prove who a client is.',
    find: " && key.usages.includes('sign')",
    replace: '',
  },
  {
    file: proof,
    name: 'A client says in two ways who it is.',
    find: " || !fits('privateKey')",
    replace: '',
  },
  {
    file: pages,
    name: 'The first page of an app is anybody’s by its base path in other letters.',
    find: "    ? path\n    : path.slice(base.length) || '/'",
    replace: '    ? path\n    : path.slice(base.length)',
  },
  {
    file: routes,
    name: 'An answer of the app that holds tokens is kept as the app says.',
    find: "if (headers.has('front-token') || headers.has('set-cookie')) forbidStorage(answer)\n  else keepPrivate",
    replace: 'keepPrivate',
  },
  {
    file: given,
    name: 'A core is asked for whatever ends like a refresh token.',
    find: 'REFRESH_TOKEN.test(token) && VERSION.test(token)',
    replace: 'VERSION.test(token)',
  },
]

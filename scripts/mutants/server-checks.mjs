const confirm = 'src/server/gotrue/confirm.ts'
const workos = 'src/server/workos/server.ts'
const pages = 'src/next/page-paths.ts'
const routes = 'src/server/supertokens/web/routes.ts'
const given = 'src/server/supertokens/arguments.ts'
const proof = 'src/server/oidc/client-authentication.ts'
const payloads = 'src/server/supertokens/payloads.ts'
const object = 'src/server/supertokens/web/session-object.ts'
const coordinator = 'src/server/coordination/coordinator.ts'

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
  {
    file: routes,
    name: 'The cookies of a route are lost where its session gets a new token.',
    find: "name !== 'set-cookie' && name",
    replace: 'name',
  },
  {
    file: 'src/server/supertokens/web/delivery.ts',
    name: 'A browser may keep the answer that clears its tokens.',
    find: "  setReadable(answer, { 'front-token': 'remove' })\n  untilSent(answer, forbidStorage)\n",
    replace: "  setReadable(answer, { 'front-token': 'remove' })\n",
  },
  {
    file: payloads,
    name: 'The third of three changes knows nothing of the second.',
    find: 'if (last.get(key) === turn) last.delete(key)',
    replace: 'last.delete(key)',
  },
  {
    file: payloads,
    name: 'A session that is over is changed for whoever shows its token.',
    find: "if (isSuperTokensError(error, 'TRY_REFRESH_TOKEN')) return undefined",
    replace: 'if (error) return undefined',
  },
  {
    file: payloads,
    name: 'What an old core has under SuperTokens’ own names is written back.',
    find: ' : !PROTECTED_CLAIMS.includes(name)',
    replace: ' : true',
  },
  {
    file: object,
    name: 'Whoever was told more than a token can hold passes by it.',
    find: "if (!isSuperTokensError(error, 'GENERAL_ERROR') || !error.retryable) throw error",
    replace: "if (!isSuperTokensError(error, 'GENERAL_ERROR')) throw error",
  },
  {
    file: 'src/server/supertokens/claims/mfa-claim.ts',
    name: 'Half of what says so completes the factors.',
    find: "c && typeof fields?.v === 'boolean' ? { c, v: fields.v } : undefined",
    replace: 'c ? { c, v: Boolean(fields?.v) } : undefined',
  },
  {
    file: 'src/server/supertokens/kept.ts',
    name: 'A failure is kept as long as what was fetched would be.',
    find: '      if (kept === entry) kept = null\n',
    replace: '',
  },
  {
    file: 'src/server/supertokens/core-link.ts',
    name: 'A host that refuses something counts as down.',
    find: '      failures.delete(host)\n      throw failure',
    replace: '      throw failure',
  },
  {
    file: pages,
    name: 'The first page of an app is anybody’s in each of its languages.',
    find: "one === FIRST || one === '' || one === '/'",
    replace: "one === FIRST || one === '/'",
  },
  {
    file: 'src/server/backend/options.ts',
    name: 'The text `false` shows pages the access tokens.',
    find: "  exposeAccessToken: 'boolean',\n",
    replace: '',
  },
  {
    file: coordinator,
    name: 'Nobody hears that sign-outs had to be forgotten.',
    find: 'if (!report || isLately(saidAt, SILENCE, now())) return',
    replace: 'if (report || isLately(saidAt, SILENCE, now())) return',
  },
  {
    file: 'src/server/coordination/redis.ts',
    name: 'A process hears of its own ends by Redis alone.',
    find: '      watches.tell(tombstone)\n',
    replace: '',
  },
  {
    file: 'src/server/coordination/server-patience.ts',
    name: 'Failures from before an answer count against the server.',
    find: '    failing.clear()\n',
    replace: '',
  },
  {
    file: 'src/server/coordination/server-patience.ts',
    name: 'A mistake of ours keeps everybody from a server that is well.',
    find: "      if (admission.type !== 'probe') return\n",
    replace: '',
  },
  {
    file: 'src/server/verification/key-set.ts',
    name: 'The keys of an issuer that fails are taken for its keys.',
    find: '  if (response.status !== 200) return response\n',
    replace: '',
  },
  {
    file: 'src/server/endings/global-revocation.ts',
    name: 'A subject of another format than it says counts.',
    find: "format === 'iss_sub' && iss && sub",
    replace: 'iss && sub',
  },
]

const judge = 'src/server/dbsc/judge.ts'
const routes = 'src/server/dbsc/routes.ts'
const bindings = 'src/server/dbsc/bindings.ts'
const notes = 'src/server/dbsc/notes.ts'
const offers = 'src/server/dbsc/offers.ts'
const proofs = 'src/server/dbsc/proofs.ts'
const keys = 'src/server/dbsc/keys.ts'
const identifiers = 'src/server/dbsc/identifiers.ts'
const binding = 'src/server/dbsc/binding.ts'
const words = 'src/server/dbsc/words.ts'
const requests = 'src/server/requests/request-sessions.ts'

/** Checks that are gone of sessions that are bound to devices. */
export const DBSC = [
  {
    file: judge,
    name: 'A bound cookie of another session does.',
    find: 'return note?.sessionId === sessionId ? note : null',
    replace: 'return note',
  },
  {
    file: judge,
    name: 'A bound cookie does for ever.',
    find: 'if (proof && !proof.isOld) return judgeProven(named, proof, candidate)',
    replace: 'if (proof) return judgeProven(named, proof, candidate)',
  },
  {
    file: judge,
    name: 'An old proof stays in the browser, which then never makes a new one.',
    find: 'unknown(OLD, mayWrite ? notes.erase(jar, old.key) : [])',
    replace: 'unknown(OLD, mayWrite ? [] : [])',
  },
  {
    file: judge,
    name: 'Who says that the browser could not prove its key is not told from a thief.',
    find: 'return unknown(SKIPPED)',
    replace: 'return refuse(session, candidate)',
  },
  {
    file: judge,
    name: 'What only reports refuses.',
    find: "return reportOnly && verdict.type === 'stop' ? go(candidate.value, verdict.offer) : verdict",
    replace: 'return verdict',
  },
  {
    file: judge,
    name: 'Where it is only reported, nobody hears whose session would have to be bound.',
    find: '    if (reportOnly && mayWrite) {\n',
    replace: '    if (!reportOnly && mayWrite) {\n',
  },
  {
    file: judge,
    name: 'Where it is only reported, people cannot end their own sessions elsewhere.',
    find: '      if (reportOnly) return false\n',
    replace: '',
  },
  {
    file: judge,
    name: 'A thief who says that it was skipped is not told of.',
    find: 'one?.sessionId === sessionId && (device ? one.key === device.key : one.isOurs)',
    replace: 'one !== undefined && device !== null && sessionId !== ""',
  },
  {
    file: judge,
    name: 'A thief is not told of.',
    find: "    if (mayWrite) devices.report({ type: 'device-missing', sessionId, userId, request })\n",
    replace: '',
  },
  {
    file: judge,
    name: 'Nobody is refused.',
    find: "return reportOnly && verdict.type === 'stop' ? go(candidate.value, verdict.offer) : verdict",
    replace: "return verdict.type === 'stop' ? go(candidate.value, verdict.offer) : verdict",
  },
  {
    file: judge,
    name: 'A session is bound to whatever key somebody has.',
    find: 'one.binds && one.sessionId === sessionId',
    replace: 'one.sessionId === sessionId',
  },
  {
    file: judge,
    name: 'A session is bound to the key of another.',
    find: 'one.binds && one.sessionId === sessionId',
    replace: 'one.binds && sessionId !== one.key',
  },
  {
    file: judge,
    name: 'A seal from before the session was bound does for ever.',
    find: "device ? 'bound' : bindings.stateOf(sessionId)",
    replace: "device ? 'bound' : 'unbound'",
  },
  {
    file: judge,
    name: 'A request that was under way when the session was bound is taken for a thief’s.',
    find: "    if (state === 'just-bound') return unknown(EARLIER)\n",
    replace: '',
  },
  {
    file: judge,
    name: 'A copy from before the binding is served while requests may be under way.',
    find: "if (state === 'just-bound') return unknown(EARLIER)",
    replace: "if (state === 'just-bound') return go(candidate.value)",
  },
  {
    file: 'src/server/backend/event-route.ts',
    name: 'Who has not proved the key of a session hears when it ends.',
    find: 'failure?.retryable && failure.error?.serverCode !== DEVICE_UNKNOWN',
    replace: 'failure?.retryable',
  },
  {
    file: judge,
    name: 'What cannot be read now is let through.',
    find: 'return session.retryable ? stop(session) : go(value)',
    replace: 'return go(value)',
  },
  {
    file: judge,
    name: 'What the app wants to be bound need not be.',
    find: 'if (!isWanted) return go(value, offer)',
    replace: 'if (!isWanted || value !== "") return go(value, offer)',
  },
  {
    file: judge,
    name: 'A seal is replaced where the answer sets no cookie.',
    find: 'const isDue = !device && mayWrite',
    replace: 'const isDue = !device',
  },
  {
    file: judge,
    name: 'A thief ends the sessions of the person elsewhere.',
    find: "return (await stateOf(named)) !== 'unbound'",
    replace: "return (await bindings.stateOf(sessionId)) !== 'unbound'",
  },
  {
    file: judge,
    name: 'A thief with the seal from before the session was bound ends the sessions of the person elsewhere.',
    find: "return (await stateOf(named)) !== 'unbound'",
    replace: 'return named.device !== undefined',
  },
  {
    file: judge,
    name: 'What cannot be read now ends the sessions of the person elsewhere.',
    find: "if ('reason' in session) return session.retryable\n",
    replace: "if ('reason' in session) return false\n",
  },
  {
    file: routes,
    name: 'A registration does whatever it was that was signed.',
    find: "if (!proof || challenge?.purpose !== 'register') {",
    replace: 'if (!proof || !challenge) {',
  },
  {
    file: routes,
    name: 'A session is bound that was signed out of.',
    find: '    if (await devices.isSignedOut(sessionId)) return refuse(NOT_PROVEN)\n',
    replace: '',
  },
  {
    file: routes,
    name: 'A registration that proves nothing is not told of.',
    find: '      reportRefusal(request)\n',
    replace: '',
  },
  {
    file: routes,
    name: 'A proof by another key renews.',
    find: 'const proof = await readProof(token, { key: publicKey, now })',
    replace:
      'const proof = await readProof(token, { key: sessionId ? undefined : publicKey, now })',
  },
  {
    file: routes,
    name: 'The challenge of another session does.',
    find: "challenge.purpose === 'renew' && challenge.sessionId === sessionId && challenge.key === key",
    replace: "challenge.purpose === 'renew' && challenge.key !== sessionId + key",
  },
  {
    file: routes,
    name: 'The challenge of a registration renews.',
    find: "challenge.purpose === 'renew' && challenge.sessionId === sessionId && challenge.key === key",
    replace:
      "challenge.sessionId === sessionId && (challenge.purpose !== 'renew' || challenge.key === key)",
  },
  {
    file: routes,
    name: 'A renewal needs no proof.',
    find: '    if (!(await isProven(request, named))) return ask(identifier, named)\n',
    replace: '    await isProven(request, named)\n',
  },
  {
    file: routes,
    name: 'A session that was signed out of is renewed for ever.',
    find: "if (standing.type === 'over' || (await devices.isSignedOut(named.sessionId))) {",
    replace: "if (standing.type === 'over') {",
  },
  {
    file: routes,
    name: 'The session that another one has replaced is renewed for ever.',
    find: "return { type: open.length > 0 ? 'over' : 'absent' }",
    replace: "return { type: open.length > 99 ? 'over' : 'absent' }",
  },
  {
    file: routes,
    name: 'A session is renewed by another key than it is bound to.',
    find: 'const isOther = session.device !== undefined && session.device.key !== named.key',
    replace: 'const isOther = session.device !== undefined && session.device.key === value',
  },
  {
    file: routes,
    name: 'An outage of the store ends the bound session.',
    find: "    if (standing.type === 'unknown') return refuse(UNKNOWN)\n",
    replace: "    if (standing.type === 'unknown') return refuse(NO_SESSION)\n",
  },
  {
    file: bindings,
    name: 'Seals from before are refused while requests are under way with them.',
    find: "Math.abs(now() - at) < UNDER_WAY ? 'just-bound' : 'bound'",
    replace: "'bound'",
  },
  {
    file: bindings,
    name: 'Requests under way are refused by a server whose clock is ahead.',
    find: 'const UNDER_WAY = 60_000 + CLOCKS_APART',
    replace: 'const UNDER_WAY = CLOCKS_APART',
  },
  {
    file: bindings,
    name: 'Seals from before are never refused, as other processes do not hear of the binding.',
    find: '        await devices.noteBinding(sessionId, key)\n',
    replace: '',
  },
  {
    file: bindings,
    name: 'A thief binds a session to a key of their own that the browser has bound.',
    find: 'return at === null || devices.isBoundTo(sessionId, key)',
    replace: 'return at === null || key !== sessionId',
  },
  {
    file: offers,
    name: 'Each answer to what a page sends at once asks the browser to bind the session.',
    find: ' || asked.get(sessionId)',
    replace: '',
  },
  {
    file: offers,
    name: 'The answer to a page that nobody looks at asks the browser to bind the session.',
    find: 'isPrefetch({ get: (name) => headerIn(request, name) }) || ',
    replace: '',
  },
  {
    file: offers,
    name: 'A browser is asked to bind any session by what waits for another.',
    find: 'return words.includes(wordsOf(sessionId))',
    replace: 'return words.length > 0',
  },
  {
    file: offers,
    name: 'A browser that cannot bind is asked by each answer.',
    find: 'return { ...dropped, headers: await headersFor(sessionId) }',
    replace: 'return { setCookies: [], headers: await headersFor(sessionId) }',
  },
  {
    file: judge,
    name: 'A browser keeps what waits when the session is bound.',
    find: 'mayWrite ? offers.drop(jar) : undefined',
    replace: 'undefined',
  },
  {
    file: binding,
    name: 'What waits to be asked for stays when the session ends.',
    find: '[...notes.erase(jar), ...offers.erase(jar)]',
    replace: '[...notes.erase(jar)]',
  },
  {
    file: 'src/next/proxy.ts',
    name: 'Who is refused for a session that is not bound is not asked to bind it.',
    find: '      applyOffer(answer.headers, found)\n',
    replace: '',
  },
  {
    file: 'src/server/coordination/coordinator.ts',
    name: 'Each request that proves the key begins the minute anew.',
    find: '      if (keepsFirst && tombstones.endedAt(name) !== null) return\n',
    replace: '',
  },
  {
    file: routes,
    name: 'Whoever makes up a name binds sessions to it.',
    find: 'return grant(identifier, { sessionId, key, binds: isOurs })',
    replace: 'return grant(identifier, { sessionId, key, binds: isOurs || true })',
  },
  {
    file: routes,
    name: 'A link of another site leads to nobody’s page.',
    find: "      allowed_refresh_initiators: ['*'],\n",
    replace: '',
  },
  {
    file: notes,
    name: 'A challenge is good for ever.',
    find: '{ ttl: SIGN_WITHIN[purpose], now }',
    replace: '{ ttl: 0 * SIGN_WITHIN[purpose], now }',
  },
  {
    file: notes,
    name: 'What a clock has dated that was set back since is good until then.',
    find: ' || age < -CLOCKS_APART',
    replace: '',
  },
  {
    file: notes,
    name: 'The bound cookie stays as long as the session’s.',
    find: 'maxAge: Math.floor(lifetime / 1000),',
    replace: 'maxAge: cookie.maxAge,',
  },
  {
    file: proofs,
    name: 'Any JWT is a proof.',
    find: "return typ === 'dbsc+jwt' ? (key ?? readDeviceKey(jwk)) : null",
    replace: "return typ !== 'none' ? (key ?? readDeviceKey(jwk)) : null",
  },
  {
    file: proofs,
    name: 'A proof is as long as a server takes headers.',
    find: 'token.length <= LONGEST && COMPACT.test(token)',
    replace: 'COMPACT.test(token)',
  },
  {
    file: keys,
    name: 'A private key is a public one.',
    find: 'if (!jwk || SECRETS.some((name) => Object.hasOwn(jwk, name))) return null',
    replace: 'if (!jwk) return null',
  },
  {
    file: keys,
    name: 'A key has any size.',
    find: 'const MODULUS = /^[\\w-]{342,683}$/',
    replace: 'const MODULUS = /^[\\w-]+$/',
  },
  {
    file: identifiers,
    name: 'Every name is ours.',
    find: "      if (await crypto.subtle.verify('HMAC', key, decode(signature), signed(content))) return true\n",
    replace: '      if (key && decode(signature) && signed(content)) return true\n',
  },
  {
    file: binding,
    name: 'A cookie that sibling hosts get is bound, and they do not renew it.',
    find: "if (place !== '; Path=/' || !attributes.includes('; Secure')) {",
    replace: "if (!attributes.includes('; Secure')) {",
  },
  {
    file: words,
    name: 'Of two proofs one counts.',
    find: 'return /^[!#-+\\--:<-[\\]-~]+$/.test(word) ? word : null',
    replace: 'return word.split(", ")[0] || null',
  },
  {
    file: 'src/server/shared/request-words.ts',
    name: 'The path of a request is one that it does not have.',
    find: 'new URL(address).pathname === page ? page : null',
    replace: 'page !== null ? new URL(address).pathname : null',
  },
  {
    file: requests,
    name: 'A thief is shown the sessions of the person, and ends them.',
    find: "verdict?.type === 'stop' && verdict.failure.reason !== 'device_required'",
    replace: "verdict?.type === 'stop' && verdict.failure.retryable",
  },
  {
    file: 'src/server/requests/chosen-session.ts',
    name: 'A session is as free as it was, where it was bound and could not be refreshed.',
    find: 'const due = isNew ? asItIs.setCookies : use',
    replace: 'const due = use',
  },
  {
    file: requests,
    name: 'Who has signed out of a bound session leaves its proof behind.',
    find: '    ...(bound?.erase(jar) ?? []),\n',
    replace: '',
  },
  {
    file: requests,
    name: 'A thief ends all sessions of the person.',
    find: "scope: isStolen ? 'local' : scope",
    replace: 'scope',
  },
  {
    file: 'src/server/requests/cookie-choice.ts',
    name: 'A thief has the auth server asked about a bound session.',
    find: '    if (await isForeign(value, jar)) return false\n',
    replace: '',
  },
  {
    file: 'src/server/sealed/sealed-sessions.ts',
    name: 'A refresh frees a session of its device.',
    find: 'renewed === opened.data || !device ? renewed : { ...renewed, device }',
    replace: 'renewed === opened.data || !device ? renewed : { ...renewed }',
  },
  {
    file: 'src/server/backend/sign-in-end.ts',
    name: 'A browser is asked to bind sessions by http.',
    find: 'Object.entries(secure ? headers : {})',
    replace: 'Object.entries(headers)',
  },
]

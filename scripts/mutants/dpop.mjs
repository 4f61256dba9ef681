const dpop = 'src/providers/oidc/dpop.ts'
const keys = 'src/providers/oidc/dpop-keys.ts'
const memory = 'src/providers/oidc/dpop-memory.ts'
const grants = 'src/providers/oidc/grants.ts'
const begin = 'src/providers/oidc/begin.ts'
const signIn = 'src/providers/oidc/sign-in.ts'
const tokens = 'src/providers/oidc/tokens.ts'

/** Bugs of sessions that are bound to keys. */
export const DPOP = [
  {
    file: dpop,
    name: 'All proofs have one jti.',
    find: 'jti: crypto.randomUUID()',
    replace: "jti: 'one'",
  },
  {
    file: dpop,
    name: 'The query is part of the address that is proved.',
    find: 'htu: origin + pathname',
    replace: 'htu: url',
  },
  {
    file: dpop,
    name: 'A proof is not for its token.',
    find: 'ath: token && (await digest(token)),',
    replace: '',
  },
  {
    file: dpop,
    name: 'A refusal of the token is believed at once.',
    find: "['invalid_grant', ...ABOUT_PROOF]",
    replace: 'ABOUT_PROOF',
  },
  {
    file: dpop,
    name: 'A server that fails is asked again with each proof.',
    find: 'mayPass(answer.status) || ',
    replace: '',
  },
  {
    file: dpop,
    name: 'A wrong code of a second factor is sent twice.',
    find: "form?.refresh_token ? ['invalid_grant', ...ABOUT_PROOF] : ABOUT_PROOF",
    replace: "form ? ['invalid_grant', ...ABOUT_PROOF] : ABOUT_PROOF",
  },
  {
    file: dpop,
    name: 'Headers of the app are dropped for those of the proof.',
    find: '{ ...request.headers, ...headers }',
    replace: 'headers',
  },
  {
    file: dpop,
    name: 'Who asks for the user without the key hears of it, and nobody else.',
    find: 'if (token || isBearer(bond)) return',
    replace: 'if (isBearer(bond)) return',
  },
  {
    file: dpop,
    name: 'A proof that is too old is sent by the same clock again.',
    find: 'at = memory.byMonotonic',
    replace: 'at = now',
  },
  {
    file: dpop,
    name: 'The time is that of this device.',
    find: 'let at = (): number => now() + bond.skew',
    replace: 'let at = now',
  },
  {
    file: dpop,
    name: 'APIs get the time of this device.',
    find: 'token, at: now() + bond.skew',
    replace: 'token, at: now()',
  },
  {
    file: dpop,
    name: 'A lost key keeps the session.',
    find: "kept ? 'invalid_credentials' : 'refresh_rejected'",
    replace: "'invalid_credentials'",
  },
  {
    file: dpop,
    name: 'A bearer token is sent with a proof.',
    find: 'const bound = bond && !isBearer(bond)',
    replace: 'const bound = bond',
  },
  {
    file: dpop,
    name: 'Every server gets proofs.',
    find: "`${algorithms}`.includes('ES256') ? keyring.make() : null",
    replace: '`${algorithms}` ? keyring.make() : null',
  },
  {
    file: dpop,
    name: 'A new nonce of an API that hides its challenge is not tried.',
    find: 'challenge === null ? isNew :',
    replace: 'challenge === null ? false :',
  },
  {
    file: dpop,
    name: 'A session that is renewed proves its old key for a code of the new one.',
    find: 'kept ?? session?.extras ?? {}',
    replace: 'session?.extras ?? kept ?? {}',
  },
  {
    file: keys,
    name: 'Any key of that name will do.',
    find: '.catch(() => null)) === jkt) return pair',
    replace: '.catch(() => null))) return pair',
  },
  {
    file: keys,
    name: 'Scripts can read the key.',
    find: 'generateKey(ES256, false,',
    replace: 'generateKey(ES256, true,',
  },
  {
    file: keys,
    name: 'The key of a sign-in that came to nothing stays.',
    find: 'if (!taken.has(nameIn(flow))) await',
    replace: 'if (taken.has(nameIn(flow))) await',
  },
  {
    file: keys,
    name: 'A key is not kept over the redirect.',
    find: '          await save(name, keys.names ? `pending.${now()}.${name}` : name)\n',
    replace: '',
  },
  {
    file: keys,
    name: 'A key of a sign-in without a redirect is not kept.',
    find: 'if (await save(name, name)) return\n',
    replace: 'if (fresh.has(name)) return\n',
  },
  {
    file: keys,
    name: 'Keys of sign-ins that came to nothing fill the memory.',
    find: '      trim(fresh)\n',
    replace: '',
  },
  {
    file: keys,
    name: 'The key of a sign-in that nobody comes back from stays for ever.',
    find: '      sweep(keys, now).catch(() => {})\n',
    replace: '',
  },
  {
    file: keys,
    name: 'A page that opens removes the keys of sign-ins under way.',
    find: 'if (Math.abs(now() - at) > LONGEST) await',
    replace: 'if (Math.abs(now() - at) > LONGEST / 30) await',
  },
  {
    file: keys,
    name: 'A clock that was set back keeps keys for ever.',
    find: 'Math.abs(now() - at) > LONGEST',
    replace: 'now() - at > LONGEST',
  },
  {
    file: keys,
    name: 'The key of a session is taken for that of a sign-in, and goes a day later.',
    find: '    if (pair) await store.set(name, pair)\n',
    replace: '',
  },
  {
    file: keys,
    name: 'A place that cannot list its keys loses those of sign-ins.',
    find: 'keys.names ? `pending.${now()}.${name}` : name',
    replace: '`pending.${now()}.${name}`',
  },
  {
    file: keys,
    name: 'Nobody signs in while what is left cannot be removed.',
    find: 'await store.remove(place).catch(() => {})',
    replace: 'await store.remove(place)',
  },
  {
    file: memory,
    name: 'An old id token sets the clock back.',
    find: 'const at = Math.max(',
    replace: 'const at = Math.min(',
  },
  {
    file: memory,
    name: 'Nonces stay in their tab.',
    find: '      Object.assign(nonces, known)\n',
    replace: '',
  },
  {
    file: memory,
    name: 'A nonce is that of every server.',
    find: 'nonces[origin] = nonce\n',
    replace: 'for (const each of [origin, ...Object.keys(nonces)]) nonces[each] = nonce\n',
  },
  {
    file: memory,
    name: 'An answer that is read late puts the clock back.',
    find: 'Math.min(Math.max(0, at - now()), at + 999 - sent)',
    replace: 'at - now()',
  },
  {
    file: memory,
    name: 'What a session knows of the clock is forgotten.',
    find: 'skew: isSkew(skew) ? skew : 0',
    replace: 'skew: isSkew(skew) ? 0 : 0',
  },
  {
    file: memory,
    name: 'An absurd `iat` sets the clock of proofs.',
    find: 'Math.abs(value) <= FURTHEST',
    replace: 'Math.abs(value) >= 0',
  },
  {
    file: memory,
    name: 'A token that is given again tells the time.',
    find: '.filter((token) => !known.includes(token))',
    replace: '',
  },
  {
    file: 'src/providers/oidc/id-token-judge.ts',
    name: 'A forged id token sets the clock of proofs.',
    find: 'return { ...answer, dated: [], body: { ...body, id_token: cut } }',
    replace: 'return { ...answer, body: { ...body, id_token: cut } }',
  },
  {
    file: grants,
    name: 'The key does not go with its session.',
    find: '    ...(keyId && { keyId }),\n',
    replace: '',
  },
  {
    file: begin,
    name: 'Any key may redeem the code.',
    find: '    ...(dpop && { dpop_jkt: dpop.jkt }),\n',
    replace: '',
  },
  {
    file: signIn,
    name: 'A token that needs a proof is taken by a client that has no keys.',
    find: 'options.dpop ? /^(bearer|dpop)$/i : /^bearer$/i',
    replace: '/^(bearer|dpop)$/i',
  },
  {
    file: tokens,
    name: 'A page that does not know of keys ends the session of those that do.',
    find: "session?.keyId && !options.dpop && 'dpop'",
    replace: 'undefined',
  },
]

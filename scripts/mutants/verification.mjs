const keys = 'src/server/verification/key-set.ts'
const file = 'src/server/verification/verify.ts'
const check = 'src/server/verification/token-check.ts'
const quick = 'src/server/verification/quick-signatures.ts'

/** Checks that are gone of what tells that a token is genuine. */
export const VERIFICATION = [
  {
    file: keys,
    name: 'Keys may come by plain http.',
    find: '  checkUrl(location.jwksUrl, location.dangerouslyAllowInsecureHttp)\n',
    replace: '  checkUrl(location.jwksUrl, true)\n',
  },
  {
    file: keys,
    name: 'One key that is none spoils the whole set.',
    find: 'fields.keys.filter(isKey)',
    replace: 'fields.keys',
  },
  {
    file: keys,
    name: 'A key set without keys is one.',
    find: '      if (!remote.jwks()?.keys.length) throw new errors.JWKSInvalid()\n',
    replace: '',
  },
  {
    file: keys,
    name: 'Every forged key id is looked up.',
    find: 'within(missedAt, COOLDOWN) || ',
    replace: '',
  },
  {
    file: keys,
    name: 'A lookup that failed is no reason to wait.',
    find: ' || (failure && within(failedAt, RETRY))',
    replace: '',
  },
  {
    file: 'src/server/shared/lately.ts',
    name: 'A clock that was set back makes what is kept last.',
    find: 'return age >= 0 && age < span',
    replace: 'return age < span',
  },
  {
    file: keys,
    name: 'An issuer that fails is asked again for every token.',
    find: ' && !within(failedAt, pause)',
    replace: '',
  },
  {
    file: keys,
    name: 'Keys are never looked at again.',
    find: '!within(loadedAt, interval) && ',
    replace: 'loadedAt === undefined && ',
  },
  {
    file: keys,
    name: 'A token counts as forged while no key could be fetched.',
    find: '    if (failure) throw failure\n  }\n',
    replace: '  }\n',
  },
  {
    file: keys,
    name: 'A token that is no token has a key looked up.',
    find: 'if (!isKnown(token) && !within(loadedAt, RETRY)) missedAt = undefined',
    replace: 'missedAt = undefined',
  },
  {
    file,
    name: 'A secret may be short enough to be guessed.',
    find: 'if (key.length < SHORTEST) reject(',
    replace: 'if (key.length === 0) reject(',
  },
  {
    file,
    name: 'A public key is taken for a secret.',
    find: '(symmetric ? /^HS(256|384|512)$/ : /^(RS|PS|ES)(256|384|512)$|^EdDSA$|^Ed25519$/).test(name)',
    replace: '/^(HS|RS|PS|ES)(256|384|512)$|^EdDSA$|^Ed25519$/.test(name)',
  },
  {
    file,
    name: 'Nobody need say whom tokens are for.',
    find: 'if (verification.audience === undefined) {',
    replace: "if (verification.audience === '') {",
  },
  {
    file,
    name: 'A token for somebody else is taken.',
    find: '    ...(audience && { audience }),\n',
    replace: '',
  },
  {
    file,
    name: 'A token of another issuer is taken.',
    find: '    ...(issuer && { issuer }),\n',
    replace: '',
  },
  {
    file,
    name: 'A token that never ends is taken.',
    find: "    requiredClaims: ['exp'],\n",
    replace: '',
  },
  {
    file,
    name: 'Every algorithm is taken.',
    find: '    algorithms: checkAlgorithms(algorithms, symmetric),\n',
    replace: '',
  },
  {
    file,
    name: 'The issuer’s clock may be off by any time.',
    find: 'if (!(clockTolerance >= 0 && clockTolerance < Number.POSITIVE_INFINITY)) {',
    replace: 'if (!(clockTolerance >= 0)) {',
  },
  {
    file,
    name: 'A key set that is broken is a word about the token.',
    find: 'if (known && !ofKeys) return',
    replace: 'if (known) return',
  },
  {
    file: check,
    name: 'A token of any type is an access token.',
    find: '    if (header.typ !== undefined && !TYPE.test(header.typ)) return INVALID\n',
    replace: '',
  },
  {
    file: check,
    name: 'A token may live for years.',
    find: 'return exp * 1000 - at <= LONGEST_LIFE ? success : INVALID',
    replace: 'return success',
  },
  {
    file: check,
    name: 'What is over is found out with one of two keys only.',
    find: '          refusal instanceof errors.JWTExpired ||\n',
    replace: '',
  },
  {
    file: check,
    name: 'A token for somebody else is tried with the next key.',
    find: ' ||\n          refusal instanceof errors.JWTClaimValidationFailed',
    replace: '',
  },
  {
    file: check,
    name: 'A token is checked by the clock of this server, whatever the moment asked for.',
    find: 'currentDate: new Date(at) }',
    replace: 'currentDate: new Date() }',
  },
  {
    file: check,
    name: 'A token that is known is good before its time.',
    find: '  if (nbf !== undefined && nbf > now + tolerance) return INVALID\n',
    replace: '',
  },
  {
    file: check,
    name: 'A token that is known is good after its end.',
    find: "  if (exp <= now - tolerance) return { ok: false, reason: 'expired' }\n",
    replace: '',
  },
  {
    file: check,
    name: 'A token that is known is good although its key was replaced.',
    find: 'if ((await keyOf(known.header)) === known.key) return',
    replace: 'if (await keyOf(known.header)) return',
  },
  {
    file: check,
    name: 'A token is known that was not good.',
    find: 'if (key && verdict.ok) genuine.set(',
    replace: 'if (key) genuine.set(',
  },
  {
    file: check,
    name: 'A key is used by an algorithm that is not on the list.',
    find: "!header || !algorithms.includes(text(header.alg) ?? '')",
    replace: '!header',
  },
  {
    file: check,
    name: 'What must be understood, and is not, is no reason to refuse a token.',
    find: " && !('crit' in header) && !('b64' in header)",
    replace: '',
  },
  {
    file: check,
    name: 'A token that nobody has signed is good once its key is known.',
    find: '    if (isSigned === false) throw new errors.JWSSignatureVerificationFailed()\n    if (isSigned) return',
    replace: '    if (isSigned !== undefined) return',
  },
  {
    file: quick,
    name: 'Any signature is that of a shared secret.',
    find: 'mac.length === signature.length && node.timingSafeEqual(mac, signature)',
    replace: 'mac.length >= signature.length',
  },
  {
    file: quick,
    name: 'Any signature is that of a public key.',
    find: 'node.verify(hash, signed, how, signature)',
    replace: 'node.verify(hash, signed, how, signature) || signature.length > 0',
  },
  {
    file: quick,
    name: 'A key is known for an algorithm that it was never seen with.',
    find: 'known.get(key)?.get(alg)',
    replace: '[...(known.get(key)?.values() ?? [])][0]',
  },
  {
    file: keys,
    name: 'A key that is too short makes an outage.',
    find: 'if (!isTooShort(key)) return key',
    replace: 'return key',
  },
  {
    file: keys,
    name: 'A key that cannot be used makes an outage, though there are others.',
    find: 'throw isOnly ? new errors.JWKSInvalid() : new errors.JWKSNoMatchingKey()',
    replace:
      'throw isOnly || header ? new errors.JWKSInvalid() : new errors.JWKSNoMatchingKey()',
  },
  {
    file: keys,
    name: 'A set of one key that cannot be used is a word about tokens.',
    find: 'throw isOnly ? new errors.JWKSInvalid() : new errors.JWKSNoMatchingKey()',
    replace: 'throw isOnly ? new errors.JWKSNoMatchingKey() : new errors.JWKSNoMatchingKey()',
  },
  {
    file: keys,
    name: 'Of several keys that fit none is tried.',
    find: '      if (error instanceof errors.JWKSMultipleMatchingKeys) throw error\n',
    replace: '      if (!error) throw error\n',
  },
]

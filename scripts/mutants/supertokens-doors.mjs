const words = 'src/server/supertokens/words.ts'
const roles = 'src/server/supertokens/claims/primitive-array-claim.ts'
const timed = 'src/server/supertokens/claims/timed-claim.ts'
const given = 'src/server/supertokens/arguments.ts'
const credentials = 'src/server/supertokens/web/credentials.ts'
const verification = 'src/server/supertokens/verification.ts'

/** Checks that are gone of sessions that a SuperTokens core holds. */
export const SUPERTOKENS_DOORS = [
  {
    file: words,
    name: 'What came to a core comes back in a message.',
    find: "typeof secret === 'string' && secret !== ''",
    replace: "typeof secret === 'string' && secret === ' '",
  },
  {
    file: words,
    name: 'A message holds what looks like a token.',
    find: 'run.length < LIKE_TOKEN ? run',
    replace: 'run.length < LIKE_TOKEN * 1e6 ? run',
  },
  {
    file: words,
    name: 'What a core says begins another line of a log.',
    find: "      .replace(/[\\s\\p{Cc}]+/gu, ' ')\n",
    replace: '',
  },
  {
    file: words,
    name: 'What a core says is repeated however long it is.',
    find: '.slice(0, LONGEST)',
    replace: '.slice(0, LONGEST * 1e6)',
  },
  {
    file: roles,
    name: 'Whoever has a list of roles has each of them.',
    find: '(has, one) => has.includes(one)),\n      excludes',
    replace: '(has, one) => has.includes(one) || has.length > 0),\n      excludes',
  },
  {
    file: roles,
    name: 'A role that keeps somebody out does not.',
    find: '(has, one) => !has.includes(one)',
    replace: '(has, one) => !has.includes(one) || has.length > 0',
  },
  {
    file: roles,
    name: 'One of several roles is enough where all are asked for.',
    find: 'all.every((one) => has.includes(one))',
    replace: 'all.some((one) => has.includes(one))',
  },
  {
    file: roles,
    name: 'One of several roles that keep somebody out does not.',
    find: '(has, none) => !none.some((one) => has.includes(one))',
    replace: '(has, none) => !none.every((one) => has.includes(one))',
  },
  {
    file: roles,
    name: 'A list with something else in it is a list of roles.',
    find: 'return known.length === values.length ? known : undefined',
    replace: 'return known.length > 0 ? known : undefined',
  },
  {
    file: timed,
    name: 'A claim has a name that is a prototype.',
    find: "typeof key !== 'string' || key === '' || key === '__proto__'",
    replace: "typeof key !== 'string' || key === ''",
  },
  {
    file: timed,
    name: 'A value of the future is new for as long.',
    find: 'return age >= 0 ? age : undefined',
    replace: 'return age',
  },
  {
    file: timed,
    name: 'A validator that was told nothing lets everybody pass.',
    find: 'if (wanted !== undefined) return wanted',
    replace: "if (wanted !== undefined || key !== '') return wanted as Wanted",
  },
  {
    file: timed,
    name: 'A value that is too old is good enough.',
    find: '      if (isOld(ageInSeconds)) {',
    replace: '      if (isOld(ageInSeconds) && ageInSeconds === -1) {',
  },
  {
    file: given,
    name: 'A name is as long as somebody likes.',
    find: "value !== '' && value.length <= LONGEST_NAME",
    replace: "value !== '' && value.length <= LONGEST_NAME * 1e6",
  },
  {
    file: given,
    name: 'A payload is deeper than a core can read.',
    find: 'isDeeper(payload, DEEPEST)',
    replace: 'isDeeper(payload, DEEPEST * 1e6)',
  },
  {
    file: given,
    name: 'An app writes what says whose session it is.',
    find: 'return taken ? reject(',
    replace: "return taken === '' ? reject(",
  },
  {
    file: 'src/server/supertokens/core.ts',
    name: 'A key of a core is sent that no header can hold.',
    find: "(typeof apiKey === 'string' && /^[\\x21-\\x7e]+$/.test(apiKey))",
    replace: "(typeof apiKey === 'string' && apiKey !== '')",
  },
  {
    file: 'src/server/supertokens/hosts.ts',
    name: 'Tokens go to a core by plain http.',
    find: 'return checkUrl(address, allowInsecure)',
    replace: 'return checkUrl(address, allowInsecure || true)',
  },
  {
    file: 'src/server/supertokens/kept.ts',
    name: 'What a core said once of its settings counts for ever.',
    find: 'kept && isLately(kept.since, life, now()) ? kept.value',
    replace: 'kept && (isLately(kept.since, life, now()) || true) ? kept.value',
  },
  {
    file: 'src/server/supertokens/requests.ts',
    name: 'A core does not see the anti-CSRF token of a refresh.',
    find: "...(has('antiCsrfAtRefresh') && antiCsrfToken !== undefined && { antiCsrfToken })",
    replace: "...(has('antiCsrfAtRefresh') && antiCsrfToken === '' && { antiCsrfToken })",
  },
  {
    file: verification,
    name: 'A token by another kind of key than the app wants is good for ever.',
    find: 'if (!isOurKind(info) && (await isSwitched())) {',
    replace: "if (!isOurKind(info) && info.keyId === '' && (await isSwitched())) {",
  },
  {
    file: verification,
    name: 'What a core refuses counts as if it had not answered.',
    find: 'if (!isRetryableAuthError(error)) throw error',
    replace: 'if (!isRetryableAuthError(error) && error === null) throw error',
  },
  {
    file: credentials,
    name: 'Cookies are erased although a token in them lives.',
    find: 'if (expiries.some((expiry) => expiry > now)) return false',
    replace: 'if (expiries.some((expiry) => expiry > 9 * now)) return false',
  },
]

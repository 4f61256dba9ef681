const recent = 'src/server/shared/recent.ts'
const wire = 'src/server/supertokens/core-wire.ts'
const host = 'src/server/supertokens/core-host.ts'
const answers = 'src/server/supertokens/answers.ts'
const outcome = 'src/server/supertokens/outcome.ts'
const options = 'src/next/options.ts'
const places = 'src/next/places.ts'
const verdict = 'src/next/verdict.ts'
const headers = 'src/server/requests/answer-headers.ts'
const late = 'src/server/requests/late-headers.ts'
const express = 'src/express/supertokens.ts'

/** Checks that are gone of guards that stand alone: bounds of maps, what a core says, places of an app of Next, headers. */
export const SMALL_GUARDS = [
  {
    file: recent,
    name: 'A map of what was used of late has any number of entries.',
    find: 'entries.size < bounds.entries && ',
    replace: '',
  },
  {
    file: recent,
    name: 'What is kept takes any room.',
    find: ' && total + size <= bounds.size',
    replace: '',
  },
  {
    file: recent,
    name: 'One entry that is too large pushes out all others.',
    find: '      if (size > bounds.size) return\n',
    replace: '',
  },
  {
    file: recent,
    name: 'What is used goes as soon as what is not.',
    find: '        if (entry.used) add(oldest, { ...entry, used: false })\n',
    replace: '',
  },
  {
    file: wire,
    name: 'A redirect takes the key of a core, and tokens, to another place.',
    find: "redirect: 'manual'",
    replace: "redirect: 'follow'",
  },
  {
    file: wire,
    name: 'What a core answers is read to its end, however far that is.',
    find: 'const body = await readText(response)',
    replace: 'const body: string | null = readText ? await response.text() : null',
  },
  {
    file: wire,
    name: 'What a failed request was, with its tokens, is in the error.',
    find: "throw new GeneralError(message, { code: 'network' })",
    replace: "throw new GeneralError(message, { code: 'network', cause: error })",
  },
  {
    file: host,
    name: 'A core that was updated is spoken to in a version that it has no more.',
    find: 'if (!isOutdated(error, wasKnown)) throw error',
    replace: 'if (!isOutdated(error, wasKnown) || wasKnown) throw error',
  },
  {
    file: host,
    name: 'Whatever a core calls its versions is in the error.',
    find: '.filter((one) => /^\\d{1,3}\\.\\d{1,3}$/.test(one))',
    replace: '',
  },
  {
    file: answers,
    name: 'A token of a core ends a header.',
    find: 'return TOKEN.test(token) ? token : reject(name)',
    replace: 'return TOKEN.test(token) || token ? token : reject(name)',
  },
  {
    file: answers,
    name: 'A path or domain of a core ends an attribute of a cookie.',
    find: 'return BREAKS.test(value) ? reject(name) : value',
    replace: 'return BREAKS.test("") ? reject(name) : value',
  },
  {
    file: answers,
    name: 'Any text of a core is a flag.',
    find: "return typeof flag === 'boolean' ? flag : reject(name)",
    replace:
      "return typeof flag === 'boolean' ? flag : flag === undefined ? reject(name) : flag !== ''",
  },
  {
    file: answers,
    name: 'What is no text is the handle of a session.',
    find: 'return list.map((handle) => text(handle) ?? reject(name))',
    replace: 'return list.map((handle) => text(handle) ?? String(handle))',
  },
  {
    file: outcome,
    name: 'Whatever lies where another process’s outcome should be, is one.',
    find: "const tokens = type === 'renewed' ? readTokens(fields.tokens) : null",
    replace: 'const tokens = readTokens(fields.tokens)',
  },
  {
    file: options,
    name: 'A page of another site is the one where people sign in.',
    find: 'signInPage !== undefined && !PAGE.test(signInPage)',
    replace: "signInPage !== undefined && !PAGE.test('/login')",
  },
  {
    file: places,
    name: 'An app is wherever a request says.',
    find: "return addressOf(new Request('http://next.invalid/', { headers }))?.origin ?? null",
    replace:
      "return addressOf(new Request('http://next.invalid/', { headers }))?.origin ?? `https://${header('Host')}`",
  },
  {
    file: verdict,
    name: 'What cannot be told is nobody’s session.',
    find: '  if (!failure.retryable) return NOBODY\n',
    replace: '  if (!failure.retryable || NOBODY) return NOBODY\n',
  },
  {
    file: verdict,
    name: 'Any word of a header is an outage.',
    find: '  if (!isTransientReason(reason)) return null\n',
    replace: "  if (!isTransientReason(reason)) return transient('server_error')\n",
  },
  {
    file: headers,
    name: 'A cookie is set twice, and the older value counts in some browsers.',
    find: 'answer.setCookies().filter((value) => !ours.has(cookieIdOf(value)))',
    replace: 'answer.setCookies().filter((value) => !ours.has(`${cookieIdOf(value)}!`))',
  },
  {
    file: headers,
    name: 'What others list in a header is lost.',
    find: "[...(answer.get(header) ?? '').split(','), ...names]",
    replace: '[...names]',
  },
  {
    file: late,
    name: 'What `writeHead` is given is not looked at.',
    find: "    if (typeof headers === 'object' && headers !== null) setGiven(response, headers)\n    work()\n",
    replace:
      "    work()\n    if (typeof headers === 'object' && headers !== null) setGiven(response, headers)\n",
  },
  {
    file: late,
    name: 'Of cookies that `writeHead` is given one is left.',
    find: '    entry.values.push(...[value].flat())\n',
    replace: '    entry.values.splice(0, 9, ...[value].flat())\n',
  },
  {
    file: 'src/node/sessions.ts',
    name: 'A handler lets shared caches keep what is for one person.',
    find: '    beforeHeaders(response, () => keepFromCaches(answer, state))\n',
    replace: '    void [beforeHeaders, keepFromCaches]\n',
  },
  {
    file: 'src/server/requests/caching.ts',
    name: 'A handler lets shared caches keep the tokens of SuperTokens.',
    find: '  answer.beforeSent?.(() => work(answer))\n',
    replace: '',
  },
  {
    file: express,
    name: 'A session begins whose tokens nobody will ever have.',
    find: '      checkOpen(response)\n      return sessions.createNewSession',
    replace: '      return sessions.createNewSession',
  },
  {
    file: express,
    name: 'A refresh token is spent for a response that has begun.',
    find: '      checkOpen(response)\n      return sessions.refreshSession',
    replace: '      return sessions.refreshSession',
  },
  {
    file: express,
    name: 'Tokens are put into a response that has begun, and lost.',
    find: '      checkOpen(response)\n      return sessions.attachToRequestResponse',
    replace: '      return sessions.attachToRequestResponse',
  },
  {
    file: 'src/server/supertokens/renewal.ts',
    name: 'All sessions ask a core that fails, at each request.',
    find: 'await pace.attempt(asker, () => core.refresh(refresh))',
    replace: 'await (asker && pace && core.refresh(refresh))',
  },
  {
    file: 'src/server/supertokens/renewal.ts',
    name: 'All apps leave one core alone that fails, whichever it is.',
    find: 'name: `supertokens ${core.jwksUrl}`',
    replace: "name: 'supertokens'",
  },
]

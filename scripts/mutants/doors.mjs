const fields = 'src/server/backend/idle-limit.ts'
const hints = 'src/server/backend/hints.ts'
const authorize = 'src/server/gotrue/authorize.ts'
const gotrue = 'src/server/gotrue/routes.ts'
const renewal = 'src/server/requests/renewal.ts'

/** Checks that are gone of what strangers can reach of a server: requests, cookies, links, seals, devices. */
export const DOORS = [
  {
    file: 'src/server/verification/verify.ts',
    name: 'A name that is empty says whom tokens are for.',
    find: 'return list.length > 0 && list.every(isText)',
    replace: 'return list.length > 0 && (list.every(isText) || true)',
  },
  {
    file: 'src/server/verification/verify.ts',
    name: 'A secret is taken beside published keys.',
    find: "if (symmetric && ('jwksUrl' in verification || !isText(verification.secret))) {",
    replace: 'if (symmetric && !isText(verification.secret)) {',
  },
  {
    file: 'src/server/endings/statements.ts',
    name: 'A statement that does not say when it ends may come for an hour.',
    find: "  if (exp <= now / 1000 - CLOCKS_APART / 1000) throw refused('it is over')\n",
    replace: '  void now\n',
  },
  {
    file: fields,
    name: 'A small body may take for ever.',
    find: 'withIdleLimit(body, { limit })',
    replace: 'withIdleLimit(body, { limit: limit + 1e9 })',
  },
  {
    file: fields,
    name: 'A body is read to its end, however far that is.',
    find: 'readPieces(limited, most, ',
    replace: 'readPieces(limited, most * 1e9, ',
  },
  {
    file: 'src/server/backend/flows.ts',
    name: 'A sign-in erases cookies of the app, if they are many.',
    find: '.filter((name) => ours.test(name))',
    replace: ".filter((name) => ours.test(name) || name !== '')",
  },
  {
    file: hints,
    name: 'An address asks for claims of any length.',
    find: 'if (json.length > LONGEST) {',
    replace: 'if (json.length > LONGEST * 1e6) {',
  },
  {
    file: hints,
    name: 'A sign-in carries a text of any length.',
    find: 'if (state.length <= LONGEST) return state',
    replace: 'if (state.length <= LONGEST * 1e6) return state',
  },
  {
    file: 'src/server/backend/sign-in-routes.ts',
    name: 'Whoever writes addresses fills the log.',
    find: 'names.filter((name) => !told.has(name))',
    replace: "names.filter((name) => name !== '')",
  },
  {
    file: gotrue,
    name: 'A page of anybody signs somebody in.',
    find: "  by: 'page',\n",
    replace: "  by: 'anyone',\n",
  },
  {
    file: gotrue,
    name: 'A page changes the user who has signed in since it was drawn.',
    find: 'tools.as(call, fields.sessionId, ',
    replace: 'tools.as(call, fields.sessionId && undefined, ',
  },
  {
    file: authorize,
    name: 'A sign-in leads wherever GoTrue says, by whatever scheme.',
    find: 'return address && /^https?:\\/\\//i.test(address) ? address',
    replace: 'return address ? address',
  },
  {
    file: authorize,
    name: 'What an app asks of another provider takes the place of our proof.',
    find: 'find((name) => OWN.includes(name))',
    replace: "find((name) => OWN.includes(name) && name === '')",
  },
  {
    file: 'src/server/gotrue/server.ts',
    name: 'People confirm their address at a page of another site.',
    find: '!/^\\/(?![/\\\\])[^?#\\\\]*$/.test(confirmPage)',
    replace: '!/^\\/[^?#]*$/.test(confirmPage)',
  },
  {
    file: 'src/server/dbsc/binding.ts',
    name: 'A cookie is bound that sibling hosts get too.',
    find: "if (place !== '; Path=/' || !attributes.includes('; Secure')) {",
    replace: "if (!attributes.includes('; Secure')) {",
  },
  {
    file: 'src/server/dbsc/offers.ts',
    name: 'What was put off for one session is asked for another.',
    find: 'return words.includes(wordsOf(sessionId))',
    replace: "return words.includes(wordsOf(sessionId)) || words.join('') !== ''",
  },
  {
    file: 'src/server/requests/recent-auth.ts',
    name: 'A proof is recent for no number of milliseconds.',
    find: 'if (!(maxAge >= 0)) {',
    replace: 'if (maxAge < 0) {',
  },
  {
    file: renewal,
    name: 'A refresh ahead of need that is refused signs out whose token lives.',
    find: 'if (!ahead && ENDS.includes(failure.reason)) {',
    replace: 'if (ENDS.includes(failure.reason)) {',
  },
  {
    file: renewal,
    name: 'An answer that comes late erases the cookies of who has signed in since.',
    find: 'endedHere(failure) ? [] : eraseAll(jar)',
    replace: 'endedHere(failure) ? eraseAll(jar) : eraseAll(jar)',
  },
  {
    file: renewal,
    name: 'A server that asks for time is asked again as soon as any other.',
    find: 'Math.max(PAUSE, retryAfter)',
    replace: 'Math.max(PAUSE, 0 * retryAfter)',
  },
  {
    file: 'src/server/backend/route-tools.ts',
    name: 'A link to another host leads back to a sign-in of this one.',
    find: 'wanted.origin === given.origin && wanted.pathname === given.pathname',
    replace: 'wanted.pathname === given.pathname',
  },
  {
    file: 'src/server/backend/route-tools.ts',
    name: 'A link ends a sign-in that was begun at another address.',
    find: 'if (flow?.redirectUri !== redirectUri) return null',
    replace: 'if (!flow) return null',
  },
  {
    file: 'src/server/dbsc/identifiers.ts',
    name: 'The name of a bound session is read however long it is.',
    find: 'identifier.length > LONGEST ? []',
    replace: 'identifier.length > LONGEST * 1e6 ? []',
  },
  {
    file: 'src/server/sealed/sealed-devices.ts',
    name: 'A session that nobody has used for long is renewed by its device.',
    find: '(await uses.isOver(opened, cookie)) || (await ended.isOver(opened))',
    replace: '(uses && cookie && (await ended.isOver(opened)))',
  },
]

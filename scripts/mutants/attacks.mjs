const fetching = 'src/fetch.ts'
const json = 'src/core/json.ts'
const echo = 'src/providers/shared/echo.ts'
const pauses = 'src/server/coordination/pauses.ts'
const patience = 'src/server/coordination/server-patience.ts'
const size = 'src/server/supertokens/session-size.ts'

/** Checks that are gone of what was attacked, each in a file of its own. */
export const ATTACKS = [
  {
    file: 'src/providers/shared/redirect.ts',
    name: 'A page to return to leads to another host once its path is decoded.',
    find: 'kept.startsWith(first) && isOwnPath(parseUrl(kept).pathname)',
    replace: 'kept.startsWith(first) && isOwnPath(parseUrl(first).pathname)',
  },
  {
    file: fetching,
    name: 'What no origin equals is taken for one that gets the token.',
    find: '![...origins].every(isOrigin)',
    replace: '![...origins].every((one) => isOrigin(one) || one)',
  },
  {
    file: fetching,
    name: 'A header that is bound to one server goes along where a redirect leads to another.',
    find: 'for (const name of bound) again.headers.delete(name)\n',
    replace: '\n',
  },
  {
    file: fetching,
    name: 'A redirect is followed with the headers that are bound to the server before it.',
    find: "bound.length > 0 && copy.redirect === 'follow'",
    replace: "bound.length > 0 && copy.redirect !== 'follow'",
  },
  {
    file: json,
    name: 'A key called __proto__ survives in what was parsed.',
    find: "(name === '__proto__' ? undefined : value)",
    replace: "(name === '' ? value : value)",
  },
  {
    file: json,
    name: 'A key called __proto__ survives that is spelled with escapes.',
    find: " || text.includes('\\\\u')",
    replace: '',
  },
  {
    file: echo,
    name: 'A refusal that repeats a token is logged as it came.',
    find: 'secrets.length > 0 ? cleaned',
    replace: 'secrets.length < 0 ? cleaned',
  },
  {
    file: echo,
    name: 'A refusal that repeats a token as a form encodes it is logged as it came.',
    find: "[text, new URLSearchParams({ '': text }).toString().slice(1)]",
    replace: '[text]',
  },
  {
    file: 'src/providers/gotrue/index.ts',
    name: 'Two servers of one host, at /a/b and at /a-b, share a stored session.',
    find: ".replace(/[-~]/g, '~$&')",
    replace: '',
  },
  {
    file: size,
    name: 'A session begins whose access token no cookie holds.',
    find: 'if (bytes <= most) return',
    replace: 'if (bytes <= most || bytes > 0) return',
  },
  {
    file: size,
    name: 'A session begins whose access token no cookie holds after a refresh.',
    find: '    parentRefreshTokenHash1: HASH,\n',
    replace: '',
  },
  {
    file: patience,
    name: 'A session that its auth server fails asks again at once.',
    find: 'checkOwn(sessions.get(asker.session))\n',
    replace: '\n',
  },
  {
    file: patience,
    name: 'A failure that everybody meets is asked for by each of them.',
    find: 'isOfServer(error) || failing.size === SEVERAL',
    replace: 'isOfServer(error)',
  },
  {
    file: patience,
    name: 'A turn that comes when its request is over is nobody’s.',
    find: '        if (over) await giveBack(next)\n',
    replace: '',
  },
  {
    file: patience,
    name: 'Whoever fails by a mistake of ours keeps the turn.',
    find: '      else await giveBack(admitted)\n',
    replace: '',
  },
  {
    file: 'src/server/coordination/server-failures.ts',
    name: 'A mistake of ours counts as a sign that the auth server is well.',
    find: "!retryable && code !== 'invalid_argument'",
    replace: '!retryable',
  },
  {
    file: pauses,
    name: 'All who wait ask an auth server at once when its pause is over.',
    find: 'entries.set(name, { ...entry, since: now(), wait: span })',
    replace:
      'entries.set(name, { ...entry, since: entry.since, wait: Math.min(entry.wait, span) })',
  },
  {
    file: pauses,
    name: 'A failure of long ago makes the next pause a long one.',
    find: 'age >= entry.wait + REMEMBERED',
    replace: 'age >= entry.wait * REMEMBERED',
  },
  {
    file: 'src/server/shared/outage.ts',
    name: 'An outage of one half of a server is told of each time.',
    find: '!isWell || isLately(failedAt, CALM, now())',
    replace: '!isWell || isLately(failedAt, 0, now() + CALM)',
  },
  {
    file: 'src/server/shared/return-to.ts',
    name: 'Who has signed out is sent to an address that is a script.',
    find: '/^https?:\\/\\//i.test(returnTo) && URL',
    replace: 'URL',
  },
]

const file = 'src/server/requests/origin-guard.ts'
const middleware = 'src/node/origin-guard.ts'
const sessions = 'src/node/sessions.ts'

/** Checks that are gone of the guard against pages of other origins. */
export const ORIGIN_GUARD = [
  {
    file,
    name: 'An address with a path is an origin to allow.',
    find: 'known && new URL(origin).origin === origin',
    replace: 'known',
  },
  {
    file,
    name: 'A pattern is an origin to allow.',
    find: '/^https?:[^*]+$/.test(origin) && ',
    replace: '',
  },
  {
    file,
    name: 'A request that changes something passes by its method.',
    find: '/^(get|head|options)$/i',
    replace: '/^(get|head|options|post)$/i',
  },
  {
    file,
    name: 'A method that only begins like a safe one passes.',
    find: '/^(get|head|options)$/i',
    replace: '/^(get|head|options)/i',
  },
  {
    file,
    name: 'A password that browsers add by themselves counts as a token in a header.',
    find: '/^(Bearer|DPoP) /i',
    replace: '/^(Bearer|DPoP|Basic) /i',
  },
  {
    file,
    name: 'What carries its token in a header is refused.',
    find: "    if (/^(Bearer|DPoP) /i.test(headers.get('Authorization') ?? '')) return false\n",
    replace: '',
  },
  {
    file,
    name: 'What carries a token that is bound to a key is refused.',
    find: '/^(Bearer|DPoP) /i',
    replace: '/^Bearer /i',
  },
  {
    file,
    name: 'An origin that begins like an allowed one passes.',
    find: 'allowed.includes(origin)',
    replace: 'allowed.some((one) => origin.startsWith(one))',
  },
  {
    file,
    name: 'An origin that is allowed to read, without cookies, may change things.',
    find: " &&\n    answer.get('Access-Control-Allow-Credentials') === 'true'",
    replace: '',
  },
  {
    file,
    name: 'An answer that lets another origin read opens the guard for all.',
    find: "answer?.get('Access-Control-Allow-Origin') === origin &&\n    answer.get",
    replace: "answer?.get('Access-Control-Allow-Origin') !== origin &&\n    answer?.get",
  },
  {
    file,
    name: 'A page of a sibling host passes.',
    find: "site !== 'same-origin' && site !== 'none'",
    replace: "site === 'cross-site'",
  },
  {
    file,
    name: 'What somebody types in is refused.',
    find: " && site !== 'none'",
    replace: '',
  },
  {
    file,
    name: 'The word of the browser about the page is not asked for.',
    find: 'if (site !== null) return',
    replace: 'if (site === null) return',
  },
  {
    file,
    name: 'A browser without Sec-Fetch-Site is believed whatever its Origin.',
    find: 'origin !== null && !isOwn(origin, request, own)',
    replace: 'origin !== null && !isOwn(origin, request, own) && own !== undefined',
  },
  {
    file,
    name: 'What names no origin is refused, as tools do.',
    find: 'return origin !== null && !isOwn(origin, request, own)',
    replace: "return !isOwn(origin ?? 'null', request, own)",
  },
  {
    file,
    name: 'The origin that the app named is not the one that counts.',
    find: '  if (own !== undefined) return origin === own\n',
    replace: '',
  },
  {
    file,
    name: 'A page without an origin is ours where the request names no host.',
    find: 'theirs !== null && theirs === host',
    replace: 'theirs === host',
  },
  {
    file: middleware,
    name: 'The middleware lets everything pass.',
    find: 'if (isForeign({ request, response })) sendWebResponse',
    replace: 'if (isForeign({ request, response }) && request.url === undefined) sendWebResponse',
  },
  {
    file: middleware,
    name: 'A server of HTTP/2 has no pages of its own.',
    find: "      url: addressOf(request, {}) ?? '',\n",
    replace: '',
  },
  {
    file: middleware,
    name: 'The middleware does not see what the app allows by CORS.',
    find: '      answer: answerHeadersOf(response),\n',
    replace: '',
  },
  {
    file: sessions,
    name: 'A guarded route is open to pages of other origins.',
    find: '!dangerouslyAllowAnyOrigin && isForeign(exchange)',
    replace: 'dangerouslyAllowAnyOrigin && isForeign(exchange)',
  },
  {
    file: sessions,
    name: 'A guarded route cannot be opened to pages of other origins.',
    find: '!dangerouslyAllowAnyOrigin && isForeign',
    replace: 'isForeign',
  },
  {
    file: sessions,
    name: 'A prefetch is sent to the sign-in.',
    find: "  if (isPrefetch({ get: (name) => String(headers[name.toLowerCase()] ?? '') || null })) return false\n",
    replace: '',
  },
]

const file = 'src/server/backend/guard.ts'
const hints = 'src/server/backend/hints.ts'
const backend = 'src/server/backend/backend.ts'
const places = 'src/server/backend/places.ts'

/** Checks that are gone of who may call a backend, and who begins a sign-in. */
export const GUARD = [
  {
    file,
    name: 'A page of any site may call, without the header that has browsers ask first.',
    find: "if (headers.get(GUARD_HEADER) !== '1') {",
    replace: "if (headers.get(GUARD_HEADER) === '0') {",
  },
  {
    file,
    name: 'A page of any origin may call that adds the header.',
    find: '  if (isOurs(headers, callers)) return null\n',
    replace: '  if (isOurs(headers, callers) || callers.own) return null\n',
  },
  {
    file,
    name: 'A page may call whose origin begins like an allowed one.',
    find: 'if (origin !== null && allowed.includes(origin)) return true',
    replace: 'if (origin !== null && allowed.some((one) => origin.startsWith(one))) return true',
  },
  {
    file,
    name: 'A page of a sibling host may call.',
    find: "if (site !== null) return site === 'same-origin'",
    replace: "if (site !== null) return site !== 'cross-site'",
  },
  {
    file,
    name: 'The Origin of a browser without Sec-Fetch-Site is not looked at.',
    find: 'return origin === null || origin === own\n',
    replace: 'return origin !== own || origin === own\n',
  },
  ...["'Sec-Purpose', ", "'Purpose', ", "'X-Moz', ", ", 'X-Purpose'"].map((text) => ({
    file,
    name: `A page that is fetched ahead begins a sign-in where ${text.replace(/[^\w-]/g, '')} says so.`,
    find: `${text === "'Purpose', " ? ' ' : ''}${text}`,
    replace: '',
  })),
  {
    file,
    name: 'A page that Next fetches ahead begins a sign-in.',
    find: " || headers.get('Next-Router-Prefetch') !== null",
    replace: '',
  },
  {
    file,
    name: 'A preview begins a sign-in.',
    find: '/prefetch|preview/i',
    replace: '/prefetch/i',
  },
  {
    file,
    name: 'A navigation that a sibling host began counts as one of ours.',
    find: "  if (site === 'same-origin') return true\n",
    replace: "  if (site !== null && site !== 'cross-site') return true\n",
  },
  {
    file,
    name: 'A navigation from a host whose name begins like ours counts as one of ours.',
    find: 'if (site === null) return origin === own ||',
    replace: 'if (site === null) return origin.startsWith(own) ||',
  },
  {
    file,
    name: 'A redirect of another site counts as a page of ours that led there.',
    find: 'if (site === null) return origin === own ||',
    replace: 'if (site === null || origin === own) return origin === own ||',
  },
  {
    file,
    name: 'A redirect of a sibling host counts as a page of ours, where that is among the allowed ones.',
    find: 'if (origin === own || !allowed.includes(origin)) return false',
    replace: 'if (!allowed.includes(origin)) return false',
  },
  {
    file,
    name: 'A redirect of another site counts as a page of the same site that the app allows.',
    find: ' && !maybeOneSite(origin, own))',
    replace: ')',
  },
  {
    file,
    name: 'No page of another site may choose a sign-in, though the app allows it.',
    find: "site === 'same-site' || (site === 'cross-site' &&",
    replace: "site === 'same-site' || (site === '' &&",
  },
  {
    file,
    name: 'What is fetched ahead begins a sign-in.',
    find: '  if (isPrefetch(headers)) {\n    const message',
    replace: "  if (isPrefetch(headers) && headers.has('X-Holdfast')) {\n    const message",
  },
  {
    file,
    name: 'A sign-in is begun by what is no navigation.',
    find: "if (mode === null || mode === 'navigate') return null",
    replace: "if (mode === null || mode !== '') return null",
  },
  {
    file,
    name: 'Pages of every origin may read the answers.',
    find: 'origin === null || !callers.allowed.includes(origin)',
    replace: 'origin === null',
  },
  {
    file,
    name: 'What one origin may read is kept for another.',
    find: "  listIn(response.headers, 'Vary', ['Origin'])\n",
    replace: '',
  },
  {
    file,
    name: 'Whoever asks is told that the method would be allowed.',
    find: "  if (!response.headers.has('Access-Control-Allow-Origin')) return response\n",
    replace: '',
  },
  {
    file: hints,
    name: 'A link of a stranger chooses where somebody signs in.',
    find: 'isOwn || anybody.includes(name)',
    replace: 'isOwn || HINTS.includes(name)',
  },
  {
    file: hints,
    name: 'What an app lets anybody give is not what anybody may give.',
    find: 'isOwn || anybody.includes(name)',
    replace: 'isOwn || HARMLESS.includes(name)',
  },
  {
    file: hints,
    name: 'What is no hint can be let through.',
    find: '  if (names.every((name) => HINTS.includes(name))) return names\n',
    replace: '  if (names.length > 0) return names\n',
  },
  {
    file: hints,
    name: 'By default anybody may give every hint.',
    find: "  'uiLocales',\n]",
    replace: "  'uiLocales',\n  'connectionId',\n]",
  },
  {
    file: 'src/server/backend/session-routes.ts',
    name: 'A page tells the auth server whatever it likes at a sign-out.',
    find: ' || !Object.keys(parameters).every(isListed)',
    replace: '',
  },
  {
    file: backend,
    name: 'A route takes every method.',
    find: 'methods && !methods.includes(request.method)',
    replace: 'methods && !request.method',
  },
  {
    file: backend,
    name: 'Routes of pages answer strangers.',
    find: 'page: () => refuseStranger(request, callers),',
    replace: 'page: () => refuseBackground(request),',
  },
  {
    file: backend,
    name: 'Routes of navigations answer scripts.',
    find: 'navigation: () => refuseBackground(request),',
    replace: 'navigation: () => null,',
  },
  {
    file: backend,
    name: 'A password for cookies may be short.',
    find: '  checkPassword(password)\n',
    replace: '',
  },
  {
    file: backend,
    name: 'A failure that nobody foresaw is told to the page.',
    find: "const message = 'The server failed. See its log.'",
    replace: 'const message = String(error)',
  },
  {
    file: backend,
    name: 'A failure that nobody foresaw is told to nobody.',
    find: '        report(error)\n',
    replace: '',
  },
  {
    file: places,
    name: 'The base path may be anything.',
    find: 'if (!/^(\\/[\\w.~-]+)+$/.test(basePath)) reject(',
    replace: "if (basePath === '') reject(",
  },
  {
    file: places,
    name: 'The redirect URI may be of any scheme.',
    find: "/^https?:$/.test(url.protocol) && url.hash === ''",
    replace: "url.hash === ''",
  },
  {
    file: places,
    name: 'What is no origin is allowed to call.',
    find: '...allowedOrigins].map(checkOrigin)',
    replace: '...allowedOrigins]',
  },
  {
    file: places,
    name: 'What is no origin is taken for this server’s.',
    find: ': checkOrigin(options.origin)',
    replace: ': options.origin',
  },
]

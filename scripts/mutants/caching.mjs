const file = 'src/server/requests/caching.ts'
const sessions = 'src/server/requests/apply-session.ts'
const answers = 'src/server/backend/answers.ts'

/** What speaks to shared caches past `Cache-Control`. */
const PAST = [
  'CDN-Cache-Control',
  'Surrogate-Control',
  'X-Accel-Expires',
  'Cloudflare-CDN-Cache-Control',
  'Vercel-CDN-Cache-Control',
  'Netlify-CDN-Cache-Control',
  'Akamai-Cache-Control',
  'Edge-Control',
  'Expires',
  'Pragma',
]

/** Checks that are gone of what keeps personal answers out of shared caches. */
export const CACHING = [
  {
    file,
    name: 'A word within quotes is a directive of its own.',
    find: "    if (letter === '\"') quoted = !quoted\n",
    replace: '',
  },
  {
    file,
    name: 'A quote that is escaped ends the text within quotes.',
    find: "    if (quoted && letter === '\\\\') directives[directives.length - 1] += header[++at] ?? ''\n",
    replace: '',
  },
  {
    file,
    name: 'An answer of which one header is private is private.',
    find: "directives.get('private') === ''",
    replace: "directives.has('private')",
  },
  {
    file,
    name: 'What is said to be private and public stays public.',
    find: " && !directives.has('public')",
    replace: '',
  },
  {
    file,
    name: 'What is private is kept by shared caches that were given a time.',
    find: " && !directives.has('s-maxage')",
    replace: '',
  },
  {
    file,
    name: 'A directive in capital letters is none.',
    find: 'stripBlanks(name).toLowerCase()',
    replace: 'stripBlanks(name)',
  },
  {
    file,
    name: 'A directive with a blank before its comma is none.',
    find: 'stripBlanks(name).toLowerCase()',
    replace: 'name.toLowerCase()',
  },
  {
    file,
    name: 'The list of what an answer varies by is read as one name.',
    find: ".split(',').map(stripBlanks)\n  const known",
    replace: ".split(';').map(stripBlanks)\n  const known",
  },
  {
    file,
    name: 'An answer that varies by everything is said to vary by cookies only.',
    find: "name === '*' || ",
    replace: '',
  },
  {
    file,
    name: 'An answer that sets a cookie may be kept by the browser.',
    find: "  headers.delete('Cache-Control')\n",
    replace: '',
  },
  {
    file,
    name: 'Answers for one person may be kept.',
    find: "'private, no-store'",
    replace: "'no-cache'",
  },
  ...PAST.map((name) => ({
    file,
    name: `A shared cache is told by ${name} to keep what is for one person.`,
    find: `  '${name}',\n`,
    replace: '',
  })),
  {
    file: sessions,
    name: 'An answer that sets the cookie of a session may be kept.',
    find: '  putCookies(answer, setCookies)\n  forbidStorage(answer)\n',
    replace: '  putCookies(answer, setCookies)\n',
  },
  {
    file: sessions,
    name: 'An answer that sets the cookie of a session is the same for all.',
    find: '  forbidStorage(answer)\n  varyByCookie(answer)\n',
    replace: '  forbidStorage(answer)\n',
  },
  {
    file: sessions,
    name: 'An answer that sets no cookie of a session may be kept.',
    find: "else if (failure?.reason !== 'no_session_cookie_provided') keepPrivate(answer)",
    replace: "else if (failure?.reason === 'no_session_cookie_provided') keepPrivate(answer)",
  },
  {
    file: sessions,
    name: 'An answer that was made with a session is the same for all.',
    find: '  varyByCookie(answer)\n  if (setCookies',
    replace: '  if (setCookies',
  },
  {
    file: answers,
    name: 'Browsers guess what the answers of a backend are.',
    find: "  'X-Content-Type-Options': 'nosniff',\n",
    replace: '',
  },
  {
    file: answers,
    name: 'A page may frame what a backend answers.',
    find: "form-action 'none'; frame-ancestors 'none'",
    replace: "form-action 'none'",
  },
  {
    file: answers,
    name: 'The next server learns the address of a callback, and the code in it.',
    find: "  'Referrer-Policy': 'no-referrer',\n",
    replace: '',
  },
  {
    file: answers,
    name: 'Answers of a backend may be kept.',
    find: '  forbidStorage(response.headers)\n',
    replace: '',
  },
  {
    file: answers,
    name: 'Answers of a backend are the same for all.',
    find: '  varyByCookie(response.headers)\n',
    replace: '',
  },
]

import { readFileSync } from 'node:fs'

const file = 'src/server/backend/proxy-headers.ts'
const names = 'src/server/backend/header-names.ts'

/** What no setting lets pass, as the source has it: each name is taken out once. */
const [, list = ''] = /export const NEVER: readonly string\[\] = \[\n(.*?)\n\]/s.exec(
  readFileSync(new URL(`../../${names}`, import.meta.url), 'utf8'),
)
const NEVER = [...list.matchAll(/^ {2}'(.+)',$/gm)].map(([, name]) => name)

/** Checks that are gone of the headers that a backend passes on. */
export const PROXY_HEADERS = [
  {
    file,
    name: 'Headers that nobody here knows pass.',
    find: 'known.has(name) && !named.has(name)',
    replace: '!named.has(name)',
  },
  {
    file,
    name: 'What `Connection` names goes further than this hop.',
    find: 'known.has(name) && !named.has(name)',
    replace: 'known.has(name)',
  },
  {
    file,
    name: 'The header `Connection` names headers in small letters only.',
    find: "(headers.get('Connection') ?? '').toLowerCase()",
    replace: "(headers.get('Connection') ?? '')",
  },
  {
    file,
    name: 'The header `Connection` names headers without blanks only.',
    find: ".split(',').map(stripBlanks))",
    replace: ".split(','))",
  },
  {
    file,
    name: 'An app may let any name pass.',
    find: "!/^[a-z\\d!#$%&'*+.^`|~-]+$/.test(name) || isBarred(name)",
    replace: 'isBarred(name)',
  },
  {
    file,
    name: 'An app may let pass who is signed in, and from where.',
    find: ' || isBarred(name)',
    replace: '',
  },
  ...NEVER.map((name) => ({
    file: names,
    name: `An app may let pass ${name}.`,
    find: `  '${name}',\n`,
    replace: '',
  })),
  {
    file,
    name: 'A name that begins as one that may never pass does passes.',
    find: "one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one",
    replace: 'name === one',
  },
  {
    file,
    name: 'A name with `_` passes, which some servers take for `-`.',
    find: "/^[a-z\\d!#$%&'*+.^`|~-]+$/",
    replace: "/^[a-z\\d!#$%&'*+.^_`|~-]+$/",
  },
  {
    file,
    name: 'A name in capital letters gets past what may never pass.',
    find: 'more.map((name) => name.toLowerCase())',
    replace: '[...more]',
  },
  {
    file,
    name: 'The names for answers are let through in requests.',
    find: "up: allow(UP, requestHeaders, 'requestHeaders')",
    replace: "up: allow(UP, [...requestHeaders, ...responseHeaders], 'requestHeaders')",
  },
  {
    file,
    name: 'The names for requests are let through in answers.',
    find: "down: allow(DOWN, responseHeaders, 'responseHeaders')",
    replace: "down: allow(DOWN, [...requestHeaders, ...responseHeaders], 'responseHeaders')",
  },
  {
    file,
    name: 'A page chooses the token that goes to the upstream.',
    find: "  passed.set('Authorization', `Bearer ${accessToken}`)\n",
    replace:
      "  if (!headers.has('Authorization')) passed.set('Authorization', `Bearer ${accessToken}`)\n",
  },
  {
    file,
    name: 'A redirect to what is no web page passes.',
    find: 'return /^https?:$/.test(protocol) ? href : null',
    replace: 'return protocol ? href : null',
  },
  {
    file,
    name: 'A redirect that cannot be read breaks the answer.',
    find: '  if (!URL.canParse(location, at)) return null\n',
    replace: '',
  },
  {
    file,
    name: 'A redirect to a host whose name begins like the upstream’s counts as one within it.',
    find: "href === base || /^[/?#]/.test(href.startsWith(base) ? href.slice(base.length) : '')",
    replace: 'href.startsWith(base)',
  },
  {
    file,
    name: 'A redirect within the upstream leads past the backend.',
    find: "if (href === base || /^[/?#]/.test(href.startsWith(base) ? href.slice(base.length) : '')) {",
    replace: 'if (href === base) {',
  },
  {
    file,
    name: 'Browsers guess what the answers of an upstream are.',
    find: "  passed.set('X-Content-Type-Options', 'nosniff')\n",
    replace: '',
  },
  {
    file,
    name: 'Shared caches keep what an upstream answers.',
    find: '  keepPrivate(passed)\n',
    replace: '',
  },
  {
    file,
    name: 'Shared caches take the answers of an upstream for those of everybody.',
    find: '  varyByCookie(passed)\n',
    replace: '',
  },
]

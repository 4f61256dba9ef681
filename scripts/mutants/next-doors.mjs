const paths = 'src/next/page-paths.ts'
const cookies = 'src/next/set-cookie.ts'
const ahead = 'src/next/ahead.ts'
const superTokens = 'src/next/supertokens/proxy.ts'

/** Checks that are gone of ways into an app of Next which Next makes itself, and of what its routers understand. */
export const NEXT_DOORS = [
  {
    file: paths,
    name: 'The folder of a page that intercepts another one is open.',
    find: 'INTERCEPTS.test(path) || ',
    replace: '',
  },
  {
    file: paths,
    name: 'The folder of a page that intercepts its neighbour is open.',
    find: '\\(\\.{1,3}\\)/',
    replace: '\\(\\.{2,3}\\)/',
  },
  {
    file: paths,
    name: 'A name that has dots in parentheses anywhere is protected.',
    find: '/(?:^|\\/)\\(',
    replace: '/\\(',
  },
  {
    file: paths,
    name: 'The props of a page are open behind a prefix of assets.',
    find: ' || path.indexOf(PROPS) > 0',
    replace: '',
  },
  {
    file: paths,
    name: 'The props of a page are open behind a language.',
    find: "[page, page.replace(/^\\/[^/]+/, '')]",
    replace: '[page]',
  },
  {
    file: paths,
    name: 'A page is open that has the name of the first one.',
    find: "? ['/', FIRST]",
    replace: "? ['/']",
  },
  {
    file: paths,
    name: 'What is open itself opens the page whose data it is.',
    find: ', ...own.map(dataOf)',
    replace: '',
  },
  {
    file: paths,
    name: 'A header opens the layouts of a protected page.',
    find: 'from === null ? [] : [from]',
    replace: '[]',
  },
  {
    file: paths,
    name: 'A header that names a page beneath a protected one opens its layouts.',
    find: ', ...around.flatMap(above)',
    replace: '',
  },
  {
    file: cookies,
    name: 'Readers in Next know the last cookie of a name alone.',
    find: 'names.filter((name) => before.get(name) !== now.get(name))',
    replace: 'names',
  },
  {
    file: cookies,
    name: 'A cookie that was erased is there for readers in Next.',
    find: 'filter((pair) => !changed.includes(cutPair(pair)[0]))',
    replace: 'filter(Boolean)',
  },
  {
    file: cookies,
    name: 'A cookie without a value is taken for one that was set.',
    find: "found.set(pair, 'true')",
    replace: "found.set(pair, '')",
  },
  {
    file: 'src/next/visit.ts',
    name: 'Readers in Next do not look at what the browser sent.',
    find: "cookieHeaderOf(store, sent.get('cookie'))",
    replace: 'cookieHeaderOf(store, null)',
  },
  {
    file: ahead,
    name: 'What is posted to a protected page is answered as what is fetched ahead.',
    find: " || !['GET', 'HEAD'].includes(method)",
    replace: '',
  },
  {
    file: ahead,
    name: 'A Server Action is answered as other scripts are.',
    find: "headers.get('Next-Action') !== null",
    replace: "headers.get('Next-Action') === ''",
  },
  {
    file: ahead,
    name: 'A Server Action is led where its router cannot follow.',
    find: "    headers.delete('Location')\n",
    replace: '',
  },
  {
    file: ahead,
    name: 'A router of Next shows words of its own in an outage.',
    find: "'text/plain')",
    replace: "'text/plain; charset=utf-8')",
  },
  {
    file: superTokens,
    name: 'Front ends of SuperTokens do not refresh for a Server Action.',
    find: '{ message: CANNOT_TELL, status }',
    replace: '{ message: CANNOT_TELL }',
  },
  {
    file: superTokens,
    name: 'A Server Action with SuperTokens is answered as other scripts are.',
    find: 'if (isAction(request)) {',
    replace: 'if (isAction(request) && !answer) {',
  },
]

const file = 'src/next/page-paths.ts'
const paths = 'src/next/paths.ts'
const proxy = 'src/next/proxy.ts'
const backend = 'src/server/backend/backend.ts'
const ahead = 'src/next/ahead.ts'
const cookies = 'src/next/set-cookie.ts'

/** Checks that are gone of what is protected in Next. */
export const PAGES = [
  {
    file,
    name: 'The address that Next routes by is not looked at.',
    find: '[bare, withoutBase(routed ?? bare, basePath)]',
    replace: '[bare]',
  },
  {
    file,
    name: 'The address that the browser asked for is not looked at.',
    find: '[bare, withoutBase(routed ?? bare, basePath)]',
    replace: '[withoutBase(routed ?? bare, basePath)]',
  },
  {
    file,
    name: 'The base path is part of the page.',
    find: 'const bare = withoutBase(pathname, basePath)',
    replace: 'const bare = pathname',
  },
  {
    file,
    name: 'Under a base path the first page is none.',
    find: "path.slice(base.length) || '/'",
    replace: 'path.slice(base.length)',
  },
  {
    file,
    name: 'The path of a page is decoded once.',
    find: 'const ROUNDS = 4',
    replace: 'const ROUNDS = 1',
  },
  {
    file,
    name: 'What is encoded too deep is open.',
    find: '    // Next answers such a path with 400, and what stands behind a rewrite nobody knows.\n  }\n  return null\n',
    replace: '    // Nobody knows.\n    return found\n  }\n  return found\n',
  },
  {
    file,
    name: 'Percent-encoded letters are not decoded.',
    find: '      found.push(next)\n',
    replace: '',
  },
  {
    file,
    name: 'A path with doubled slashes is another page.',
    find: "else if (segment !== '' && segment !== '.') segments.push(segment)",
    replace: "else if (segment !== '.') segments.push(segment)",
  },
  {
    file,
    name: 'A path with a dot in it is another page.',
    find: "else if (segment !== '' && segment !== '.') segments.push(segment)",
    replace: "else if (segment !== '') segments.push(segment)",
  },
  {
    file,
    name: 'Two dots in a path are a page.',
    find: "    if (segment === '..') segments.pop()\n    else if",
    replace: '    if',
  },
  {
    file,
    name: 'A backslash in a path is a letter.',
    find: "path.replaceAll('\\\\', '/')",
    replace: 'path',
  },
  {
    file,
    name: 'A path is tidied nowhere.',
    find: 'own.add(path).add(tidy(path))',
    replace: 'own.add(path)',
  },
  {
    file,
    name: 'A path counts only when it was tidied.',
    find: 'own.add(path).add(tidy(path))',
    replace: 'own.add(tidy(path))',
  },
  {
    file,
    name: 'The data of a page is open.',
    find: '  if (props !== undefined) return props\n',
    replace: '',
  },
  {
    file,
    name: 'The data of the first page is open.',
    find: "page === '/index' ? '/' : page || '/'",
    replace: "page || '/'",
  },
  {
    file,
    name: 'The parts of a page’s payload are open.',
    find: '  if (parts >= 0) return path.slice(0, parts)\n',
    replace: '',
  },
  {
    file,
    name: 'The parts of a page’s payload are open as Next 16 names them.',
    find: 'if (parts >= 0) return',
    replace: "if (parts >= 0 && path.endsWith('.rsc')) return",
  },
  {
    file,
    name: 'The payload of a page is open.',
    find: "return path.endsWith('.rsc') ? path.slice(0, -'.rsc'.length) : path",
    replace: 'return path',
  },
  {
    file,
    name: 'What stands behind a path is open.',
    find: 'any: [...own, ...behind, pathname, bare]',
    replace: 'any: [...own, pathname, bare]',
  },
  {
    file: paths,
    name: 'A pattern that is none protects nothing.',
    find: "if (!pattern.startsWith('/') || wrong) {",
    replace: "if (pattern === '') {",
  },
  {
    file: paths,
    name: 'A dot in a pattern is any letter.',
    find: ': literal(segment)',
    replace: ': segment',
  },
  {
    file: paths,
    name: 'A pattern matches what only ends in it.',
    find: 'new RegExp(`^/${parts',
    replace: 'new RegExp(`/${parts',
  },
  {
    file: paths,
    name: 'A pattern for a page and all beneath it is for those beneath it only.',
    find: "'(?:/.*)?'",
    replace: "'/.+'",
  },
  {
    file: paths,
    name: 'A page with a slash at its end is another page.',
    find: "'/?'}$`)",
    replace: "''}$`)",
  },
  {
    file: paths,
    name: 'A global pattern protects every second request.',
    find: 'path.search(test) >= 0',
    replace: 'test.test(path)',
  },
  {
    file: proxy,
    name: 'A path that cannot be read is open.',
    find: 'if (!paths) return true',
    replace: 'if (!paths) return false',
  },
  {
    file: proxy,
    name: 'One of two ways to read a path is enough to be open.',
    find: '!paths.own.every((path) => open(path) || open(encodeURI(path)))',
    replace: '!paths.own.some((path) => open(path) || open(encodeURI(path)))',
  },
  {
    file: proxy,
    name: 'All ways to read a path must be protected for it to be.',
    find: 'paths.any.some(closed)',
    replace: 'paths.any.every(closed)',
  },
  {
    file: proxy,
    name: 'Only the address itself is looked at, and not what stands behind it.',
    find: 'paths.any.some(closed)',
    replace: 'paths.own.some(closed)',
  },
  {
    file: proxy,
    name: 'Patterns for open pages protect nothing else.',
    find: 'protect ?? unauthenticatedPaths !== undefined',
    replace: 'protect ?? false',
  },
  {
    file: proxy,
    name: 'A stranger sees protected pages.',
    find: 'return !who.user && !isOpen && isProtected(request) ? turnAway()',
    replace: 'return who.outage && !isOpen && isProtected(request) ? turnAway()',
  },
  {
    file: proxy,
    name: 'A request may say itself what the proxy found.',
    find: '  headers.delete(VERDICT_HEADER)\n  headers.set(PATH_HEADER',
    replace: '  headers.set(PATH_HEADER',
  },
  {
    file: proxy,
    name: 'Readers further on see the old cookies.',
    find: "    if (known) headers.set('cookie', known)\n    else headers.delete('cookie')\n",
    replace: '    void known\n',
  },
  {
    file: proxy,
    name: 'Shared caches keep pages for one person.',
    find: '      applySession(answer.headers, found)\n',
    replace: '',
  },
  {
    file: ahead,
    name: 'What is fetched ahead is sent to the sign-in.',
    find: '  if (isAhead(headers)) return false\n',
    replace: '',
  },
  {
    file: ahead,
    name: 'A router of Next is refused by an error that it logs.',
    find: '  if (!isOfRouter(headers)) return null\n',
    replace: '  if (headers) return null\n',
  },
  {
    file: proxy,
    name: 'The page where people sign in is sent to itself.',
    find: '!isOpen && ',
    replace: '',
  },
  {
    file: 'src/next/visit.ts',
    name: 'New tokens are asked for where no cookie can be set.',
    find: '    store.set(UNREADABLE)\n',
    replace: '',
  },
  {
    file: 'src/next/pages.ts',
    name: 'Shared caches keep what an API route says of one person.',
    find: '    keepPrivate(answer)\n',
    replace: '',
  },
  {
    file: backend,
    name: 'Everything beneath the routes of the sign-in is open.',
    find: '      handlers.has(pathname) ||\n',
    replace: '      pathname.startsWith(`${basePath}/`) ||\n',
  },
  {
    file: backend,
    name: 'What begins like the name of an upstream is open.',
    find: '`${pathname}/`.startsWith(`${mount}/${name}/`)',
    replace: 'pathname.startsWith(`${mount}/${name}`)',
  },
  {
    file: cookies,
    name: 'What only `trim` takes for a blank makes a cookie pass for ours in Next.',
    find: '[...kept.map(stripBlanks), ...pairs]',
    replace: '[...kept.map((pair) => pair.trim()), ...pairs]',
  },
  {
    file: 'src/server/cookies/set-cookie.ts',
    name: 'A cookie whose name only looks like ours is dropped in its place.',
    find: 'return [stripBlanks(text.slice(0, end)), ',
    replace: 'return [text.slice(0, end).trim(), ',
  },
]

const file = 'src/express/request.ts'

/** Checks that are gone of what an Express app is asked for. */
export const EXPRESS_REQUESTS = [
  {
    file,
    name: 'The header `Host` ends where it likes.',
    find: ' || !AUTHORITY.test(String(authority))',
    replace: '',
  },
  {
    file,
    name: 'The header of a proxy names any scheme.',
    find: '!/^https?$/i.test(protocol) || ',
    replace: '',
  },
  {
    file,
    name: 'A path that does not begin with a slash is joined to the host.',
    find: "!page.startsWith('/') || ",
    replace: '',
  },
  {
    file,
    name: 'A path that parsing would change is answered.',
    find: 'CHANGED.test(page) || ',
    replace: '',
  },
  {
    file,
    name: 'Dots that are percent-encoded are answered.',
    find: '(?:\\.|%2[eE]){1,2}',
    replace: '(?:\\.){1,2}',
  },
  {
    file,
    name: 'A fragment in a path is answered.',
    find: " || path.includes('#')",
    replace: '',
  },
  {
    file,
    name: 'An address that cannot be read breaks the app.',
    find: '  if (!URL.canParse(origin + path)) return null\n',
    replace: '',
  },
  {
    file,
    name: 'A request to a proxy chooses its host.',
    find: "return path.replace(/^https?:\\/\\/[^/?#]*/i, '')",
    replace: 'return path',
  },
  {
    file,
    name: 'A method that the web does not know breaks the app.',
    find: ' || /^(connect|trace|track)$/i.test(method)',
    replace: '',
  },
  {
    file,
    name: 'Headers of HTTP/2 are passed on as such.',
    find: "value === undefined || name.startsWith(':')",
    replace: 'value === undefined',
  },
  {
    file,
    name: 'A body that a parser has taken is passed on empty.',
    find: "    throw new AuthError('invalid_argument', message)\n",
    replace: '    void message\n',
  },
]

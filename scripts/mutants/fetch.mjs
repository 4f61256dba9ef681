const file = 'src/fetch.ts'

/** Bugs of the authenticated fetch. */
export const FETCH = [
  {
    file,
    name: 'A host whose name begins like an allowed one gets the token.',
    find: 'origins.includes(new URL(url).origin)',
    replace: 'origins.some((origin) => url.startsWith(origin))',
  },
  {
    file,
    name: 'Any refusal sets off a refresh, not just 401.',
    find: 'status === 401 && ',
    replace: 'status >= 400 && ',
  },
  {
    file,
    name: 'A 401 that only another sign-in cures sets off a refresh.',
    find: "!headers.get('WWW-Authenticate')?.includes('insufficient_user_authentication')",
    replace: "headers.get('WWW-Authenticate') !== 'insufficient_user_authentication'",
  },
  {
    file,
    name: 'The first attempt uses up the body of the second.',
    find: 'const copy = request.clone()',
    replace: 'const copy = new Request(request)',
  },
  {
    file,
    name: 'A request that is refused again and again is sent again and again.',
    find: 'if (!left.delete(meaning.kind)) return response',
    replace: 'if (!left.has(meaning.kind)) return response',
  },
  {
    file,
    name: 'A request that is given up waits for its token all the same.',
    find: 'source.current({ signal })',
    replace: 'source.current({})',
  },
  {
    file,
    name: 'A request that is given up waits for the next token all the same.',
    find: 'replace(record, { signal })',
    replace: 'replace(record, {})',
  },
  {
    file,
    name: 'A request that is given up fails with another reason than the caller gave.',
    find: '.catch(orAbort) : null',
    replace: ' : null',
  },
]

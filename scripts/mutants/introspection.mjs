const introspection = 'src/server/verification/introspection.ts'

/** Checks that are gone of what an auth server is asked about a token. */
export const INTROSPECTION = [
  {
    file: introspection,
    name: 'The secret of an introspection goes by plain http.',
    find: 'createHttp({ url, fetch, dangerouslyAllowInsecureHttp, headers })',
    replace:
      'createHttp({ url, fetch, dangerouslyAllowInsecureHttp: dangerouslyAllowInsecureHttp ?? true, headers })',
  },
  {
    file: introspection,
    name: 'Any answer to an introspection is a word about the token.',
    find: "status === 200 && typeof active === 'boolean'",
    replace: 'status > 0',
  },
  {
    file: introspection,
    name: 'An answer of another status is a word about the token.',
    find: 'status === 200 && ',
    replace: '',
  },
  {
    file: introspection,
    name: 'What an auth server said once of a token counts for ever.',
    find: 'Math.min(until, now() + cacheFor)',
    replace: 'until',
  },
  {
    file: introspection,
    name: 'An auth server that fails is asked about every token.',
    find: '      if (failure && isLately(failure.at, failure.rest, now())) return failure.found\n',
    replace: '',
  },
  {
    file: introspection,
    name: 'Any word of the app’s own function but none is a token that lives.',
    find: "    if (typeof active !== 'boolean') throw new AuthError('bad_response', UNREADABLE)\n",
    replace: '',
  },
  {
    file: introspection,
    name: 'A token that its server has called dead lives again for whoever is given it.',
    find: 'if (known.get(name) || !isLately(at, cacheFor, now())) return',
    replace: 'if (!isLately(at, cacheFor, now())) return',
  },
]

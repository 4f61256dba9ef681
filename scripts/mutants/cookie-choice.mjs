const file = 'src/server/requests/cookie-choice.ts'

/** Checks that are gone where several values of one cookie come. */
export const COOKIE_CHOICE = [
  {
    file,
    name: 'What is no seal makes a request crowded.',
    find: 'readCookie(jar, name, looksSealed)',
    replace: 'readCookie(jar, name)',
  },
  {
    file,
    name: 'The oldest value of a person counts.',
    find: 'other.holds.issuedAt - one.holds.issuedAt',
    replace: 'one.holds.issuedAt - other.holds.issuedAt',
  },
  {
    file,
    name: 'Every request asks again whether a stale twin lives.',
    find: '    if (known.get(id)) return true\n',
    replace: '',
  },
  {
    file,
    name: 'A session of which nobody can tell now counts as over.',
    find: 'if (found.signedIn || found.retryable) return false',
    replace: 'if (found.signedIn) return false',
  },
  {
    file,
    name: 'A session that could not be refreshed now counts as over.',
    find: ' && OVERS.includes(renewed.reason)',
    replace: '',
  },
  {
    file,
    name: 'A session that lives is remembered as over.',
    find: 'if (over) known.set',
    replace: 'known.set',
  },
  {
    file,
    name: 'The oldest value of each person is the one that is asked about.',
    find: 'if (!people.has(id)) people.set(id, value)',
    replace: 'people.set(id, value)',
  },
  {
    file,
    name: 'A person whose session is over keeps others out.',
    find: 'values.filter((_, index) => !over[index])',
    replace: 'values',
  },
  {
    file,
    name: 'Of several people in one browser the last to sign in is believed.',
    find: 'if (people.size === 1) return',
    replace: 'if (people.size > 0) return',
  },
  {
    file,
    name: 'Whoever may not ask asks the auth server.',
    find: 'ask ? await living(found, jar) : []',
    replace: 'await living(found, jar)',
  },
  {
    file,
    name: 'Of several people who live the newest is believed.',
    find: 'if (one === undefined || other !== undefined) return',
    replace: 'if (one === undefined) return',
  },
  {
    file,
    name: 'A person’s twin stays in the way of readers further on.',
    find: 'value: newest.value, crowded: true',
    replace: 'value: newest.value, crowded: false',
  },
  {
    file,
    name: 'A stale twin stays in the way of readers further on.',
    find: 'value: one, crowded: true',
    replace: 'value: one, crowded: false',
  },
]

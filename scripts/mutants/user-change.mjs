const file = 'src/user-change.ts'

/** Bugs in when a page hears that it is no more for the person whom it was rendered for. */
export const USER_CHANGE = [
  {
    file,
    name: 'A page that starts after the sign-out is not told.',
    find: '  ask()\n  return',
    replace: '  return',
  },
  {
    file,
    name: 'A page that starts in an outage is told that nobody is signed in.',
    find: 'return session && compare()',
    replace: 'return compare()',
  },
  {
    file,
    name: 'A page that started in an outage never asks again.',
    find: "if (knowledge === 'asked') knowledge = 'none'",
    replace: '',
  },
  {
    file,
    name: 'Another person who signs in while a page is open is not told.',
    find: 'return session && compare()',
    replace: 'return',
  },
  {
    file,
    name: 'A page hears of a change after it has stopped listening.',
    find: "if (knowledge === 'unwanted') return",
    replace: '',
  },
]

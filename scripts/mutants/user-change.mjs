const file = 'src/user-change.ts'

/** Bugs in when a page hears that it is no more for the person whom it was rendered for. */
export const USER_CHANGE = [
  {
    file,
    name: 'A page whose client knows already who is signed in is not told.',
    find: '  auth.getSession().then(look, look)\n',
    replace: '',
  },
  {
    file,
    name: 'A page that starts in an outage is told that nobody is signed in.',
    find: " || (status === 'signed-out' && error?.retryable)",
    replace: '',
  },
  {
    file,
    name: 'Another person who signs in while a page is open is not told, nor who it was, once an outage is over.',
    find: '    auth.subscribe(() => compare()),\n',
    replace: '',
  },
  {
    file,
    name: 'A page is not told why the session ended.',
    find: "if (event === 'SIGNED_OUT') compare(detail.reason)",
    replace: '',
  },
  {
    file,
    name: 'A page hears of a change after it has stopped listening.',
    find: 'if (stopped || isUnknown',
    replace: 'if (isUnknown',
  },
]

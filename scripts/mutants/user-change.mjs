const file = 'src/user-change.ts'

/** Bugs in when a page hears that it is no more for the person whom it was rendered for. */
export const USER_CHANGE = [
  {
    file,
    name: 'A page whose client knows already who is signed in is not told.',
    find: 'return session === auth.getSnapshot().session ? compare() : undefined',
    replace: 'return',
  },
  {
    file,
    name: 'A page that starts in an outage is told that nobody is signed in.',
    find: "state.status === 'signed-out' ? state.unknown : state.status === 'loading'",
    replace: "state.status === 'loading'",
  },
  {
    file,
    name: 'A page is not told that nobody is signed in, once an outage is over in which nobody knew.',
    find: '    auth.subscribe(() => compare()),\n',
    replace: '',
  },
  {
    file,
    name: 'A page is not told why the session ended.',
    find: "if (event === 'SIGNED_OUT') return compare(detail.reason)\n",
    replace: '',
  },
  {
    file,
    name: 'A page hears of a change after it has stopped listening.',
    find: 'for (const stop of stops) stop()',
    replace: '',
  },
  {
    file,
    name: 'What a listener of a page throws is reported to nobody.',
    find: 'return listener(session, reason)',
    replace: 'try {\n      listener(session, reason)\n    } catch {}',
  },
]

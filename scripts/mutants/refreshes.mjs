const file = 'src/core/refreshes.ts'

/** Bugs in who shares which exchange, and who hears of its end. */
export const REFRESHES = [
  {
    file,
    name: 'A refresh cannot be cancelled.',
    find: 'wish.abort.abort(replaced(context))\n',
    replace: '\n',
  },
  {
    file,
    name: 'A cancelled refresh goes on waiting for the lock.',
    find: 'wish.wait.abort(replaced(context))\n        wish.abort',
    replace: 'wish.abort',
  },
  {
    file,
    name: 'A cancellation ends the first call of the line only.',
    find: 'for (const { wish } of [...calls]) {',
    replace: 'for (const { wish } of calls.slice(0, 1)) {',
  },
  {
    file,
    name: 'A forced refresh joins a run whose request has left.',
    find: ' && !(force && closed)',
    replace: '',
    edits: [['({ wish, closed })', '({ wish })']],
  },
  {
    file,
    name: 'A caller that forces nothing starts a request of its own behind one that has left.',
    find: '!(force && closed)',
    replace: '!closed',
  },
  {
    file,
    name: 'A caller joins the run of the sign-in before.',
    find: 'wish.lineage === path.lineage() && ',
    replace: '',
  },
  {
    file,
    name: 'A switch of the organization joins a refresh that does not switch.',
    find: ' && wish.errand.name === errand.name',
    replace: '',
  },
  {
    file,
    name: 'A later call takes back that an earlier one was forced.',
    find: 'wish.force ||= force',
    replace: 'wish.force = force',
  },
  {
    file,
    name: 'After a run nobody waits for what is due next.',
    find: 'createShare(createServe(context, parts), settle)',
    replace: 'createShare(createServe(context, parts), () => {})',
    edits: [
      ['const { environment, store, settle } = context', 'const { environment, store } = context'],
    ],
  },
  {
    file,
    name: 'A page that comes back waits for an answer that never comes.',
    find: "first.wish.abort.abort(new AuthError('network', 'The page was put away during the request.'))\n",
    replace: '\n',
  },
  {
    file,
    name: 'A page that comes back gives up what has not been sent.',
    find: 'if (!first?.closed) return',
    replace: 'if (!first) return',
  },
  {
    file,
    name: 'A request that a page gave up itself counts as the server’s failure.',
    find: 'first.wish.givenUp = true\n',
    replace: '\n',
  },
  {
    file,
    name: 'A caller waits for the lock although a sibling has refreshed.',
    find: 'if (!call || call.wish.begun) return',
    replace: 'if (!call?.wish.begun) return',
  },
  {
    file,
    name: 'Who only wants a token waits in a long line although the server is to be left alone.',
    find: 'answerTo(context, call.wish) ? replaced(context) : pauseFor(context, call.wish)',
    replace: 'answerTo(context, call.wish) && replaced(context)',
    edits: [['pauseFor, ', '']],
  },
  {
    file,
    name: 'A call whose wait has ended is joined by one that forces a request.',
    find: 'call.closed = true\n',
    replace: '\n',
  },
  {
    file,
    name: 'A line for the lock moves only where tokens come.',
    find: '[state.held.record, state.patience]',
    replace: '[state.held.record]',
  },
  {
    file,
    name: 'A start does not see that others have their turn.',
    find: ': [path.lastRead()]',
    replace: ': []',
  },
]

const file = 'src/core/engine.ts'
const fetching = 'src/fetch.ts'

/** Bugs of the client as its callers see it. */
export const ENGINE = [
  {
    file,
    name: 'A disposed client still sends.',
    find: 'section.dispose(disposed)\n',
    replace: '\n',
  },
  {
    file,
    name: 'A disposed client still hears its storage.',
    find: 'unsubscribe?.()\n',
    replace: '\n',
  },
  {
    file,
    name: 'A token is served until its last moment.',
    find: 'left > waitMargin(held, limits) ||',
    replace: 'left > 0 ||',
  },
  {
    file,
    name: 'Reading a session that is due sets off no refresh.',
    find: 'if (due) exchange.refresh({}).catch(() => {})',
    replace: '',
  },
  {
    file,
    name: 'When the server cannot be reached the answer is that nobody is signed in.',
    find: 'throw state.refresh.error',
    replace: 'return null',
  },
  {
    file,
    name: 'A token that still lives is withheld because a refresh failed.',
    find: 'if (remaining(current, store.now()) > 0) return current.record.session',
    replace: '',
  },
  {
    file,
    name: 'Before storage was read the answer is that nobody is signed in.',
    find: 'loaded = load()\n    await wait(loaded, options)',
    replace: 'loaded = load()',
  },
  {
    file,
    name: 'The session of the other library is removed although it could not be saved.',
    find: 'if (await vault.save(record, [])) await bounded(',
    replace: 'await vault.save(record, [])\n    await bounded(',
  },
  {
    file,
    name: 'The session of another library replaces a sign-in that came before it.',
    find: "if (seen.kind !== 'absent' || !key || !parse) return seen",
    replace: 'if (!key || !parse) return seen',
  },
  {
    file: fetching,
    name: 'A host whose name begins like an allowed one gets the token.',
    find: 'options.origins.includes(new URL(request.url).origin)',
    replace: 'options.origins.some((origin) => request.url.startsWith(origin))',
  },
  {
    file: fetching,
    name: 'Any refusal sets off a refresh, not just 401.',
    find: 'if (response.status !== 401) return response',
    replace: 'if (response.status < 400) return response',
  },
  {
    file: fetching,
    name: 'The first attempt uses up the body of the second.',
    find: 'const copy = request.clone()',
    replace: 'const copy = new Request(request)',
  },
  {
    file,
    name: 'Who cannot ask the server takes everybody for signed out.',
    find: 'if (unknown) throw unknown\n',
    replace: '\n',
  },
  {
    file,
    name: 'The server is asked once at start, and never again after a failure.',
    find: 'if (unknown && !store.held()) loaded = load()',
    replace: '',
  },
  {
    file: 'src/core/resume.ts',
    name: 'The session that was in storage wins over the one that the cookies hold.',
    find: 'record?.session.sessionId === sessionId ? record : null',
    replace: 'record',
  },
  {
    file: 'src/core/resume.ts',
    name: 'A session that was ended here comes back with its cookie.',
    find: "if (sessionId && seen.kind === 'signed-out' && seen.ended",
    replace: "if (sessionId && seen.kind === 'signed-out' && !seen.ended",
  },
  {
    file: 'src/core/state.ts',
    name: 'A refresh whose answer may have been lost is tried again when the token is due.',
    find: 'state.refresh.spent ? next : ',
    replace: '',
  },
  {
    file: 'src/core/resume.ts',
    name: 'A session that the cookies no longer hold stays in storage.',
    find: 'await vault.end(record?.lineage ?? null, false)',
    replace: '',
  },
]

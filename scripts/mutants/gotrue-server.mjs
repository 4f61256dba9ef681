const takeOver = 'src/server/requests/take-over.ts'
const ssr = 'src/server/gotrue/supabase-ssr.ts'
const confirm = 'src/server/gotrue/confirm.ts'
const asked = 'src/server/gotrue/asked.ts'
const authorize = 'src/server/gotrue/authorize.ts'
const tools = 'src/server/backend/route-tools.ts'
const deeds = 'src/server/backend/deeds.ts'
const signIn = 'src/server/backend/sign-in-routes.ts'
const session = 'src/server/backend/session-routes.ts'
const ended = 'src/server/sealed/ended-sessions.ts'
const revocations = 'src/server/sealed/revocations.ts'

/** Checks that are gone of GoTrue on servers, of its routes, and of sessions that are taken over. */
export const GOTRUE_SERVER = [
  {
    file: takeOver,
    name: 'Whoever a cookie of another library names is believed while nobody can be asked.',
    find: 'return { session: null, sealed: null, failure: result.failure, setCookies: [] }',
    replace: 'return result',
  },
  {
    file: takeOver,
    name: 'A session is ended that is only named in a cookie which anybody can have written.',
    find: 'if (!left?.unproven) return',
    replace: 'if (left || !cookieHeader) return',
  },
  {
    file: takeOver,
    name: 'A session is read from another library’s cookie where nobody could prove it.',
    find: 'left && !left.unproven ? left.header : cookieHeader',
    replace: 'left ? left.header : cookieHeader',
  },
  {
    file: takeOver,
    name: 'The cookies of another library stay when their session was taken over.',
    find: 'setCookies: [...result.setCookies, ...erased(cookieHeader)] }',
    replace: 'setCookies: [...result.setCookies] }',
  },
  {
    file: takeOver,
    name: 'The cookies of another library go in an outage.',
    find: 'if (!session && !over) return result',
    replace: 'if (!session && !over && !left) return result',
  },
  {
    file: takeOver,
    name: 'A seal of another library is kept nowhere when its cookie goes.',
    find: 'return { ...result, setCookies: [...result.setCookies, ...writeCookie(cookie, value, jar)] }',
    replace: 'return result',
  },
  {
    file: ssr,
    name: 'Megabytes of cookies are read.',
    find: 'header.length <= LONGEST',
    replace: 'header.length <= LONGEST * 1e9',
  },
  {
    file: ssr,
    name: 'As many planted cookies are read as there are.',
    find: '.slice(0, MOST)',
    replace: '.slice(0, MOST * 1e9)',
  },
  {
    file: ssr,
    name: 'The secret of a sign-in stays in a cookie that scripts can read.',
    find: 'key.startsWith(verifier) || ',
    replace: '',
  },
  {
    file: confirm,
    name: 'A link from anybody signs in whoever opens it.',
    find: 'if (!begun && !agreed) return ask(call)',
    replace: 'if (!begun && !link) return ask(call)',
  },
  {
    file: confirm,
    name: 'The page of another site agrees for a person.',
    find: "call.request.method === 'POST' && tools.isOwn(call)",
    replace: "call.request.method === 'POST'",
  },
  {
    file: asked,
    name: 'Anything is the hash of a link.',
    find: 'if (!HASH.test(tokenHash))',
    replace: 'if (!tokenHash)',
  },
  {
    file: asked,
    name: 'A page makes the server send texts without end.',
    find: 'given.length > LONGEST',
    replace: 'given.length > LONGEST * 1e9',
  },
  {
    file: authorize,
    name: 'A sign-in comes back without what binds it to its browser.',
    find: "url.searchParams.set('state', needText('state', state))",
    replace: "needText('state', state)",
  },
  {
    file: authorize,
    name: 'A parameter for the other provider leads people elsewhere.',
    find: '  if (own) invalid(',
    replace: "  if (own === '') invalid(",
  },
  {
    file: authorize,
    name: 'A hint that GoTrue has nothing for is dropped unsaid.',
    find: '  if (odd) invalid(',
    replace: '  if (odd && !deps) invalid(',
  },
  {
    file: tools,
    name: 'A link leads to the callback, which knows nothing of it.',
    find: "=== callback ? '/' : safeReturnTo(path)",
    replace: '=== callback ? safeReturnTo(path) : safeReturnTo(path)',
  },
  {
    file: tools,
    name: 'The link of a mail works for ten minutes.',
    find: 'parseCookies(call.cookie), LINK_LIFE)',
    replace: 'parseCookies(call.cookie), LINK_LIFE / 144)',
  },
  {
    file: tools,
    name: 'Whoever opens the link of a mail in another browser is sent to sign in elsewhere.',
    find: 'const state = `${challenge}.${AGAIN}`',
    replace: 'const state = `${challenge}${AGAIN.slice(9)}`',
  },
  {
    file: deeds,
    name: 'A page changes somebody else who has signed in since.',
    find: 'if (sessionId !== undefined && sessionId',
    replace: 'if (sessionId === null && sessionId',
  },
  {
    file: deeds,
    name: 'A refused change loses the tokens that came before it.',
    find: 'return refuse(problemOfSignIn(error), setCookies)',
    replace: 'return refuse(problemOfSignIn(error))',
  },
  {
    file: signIn,
    name: 'A callback that says nothing ends the sign-in.',
    find: 'again ? [] : used',
    replace: 'again ? used : used',
  },
  {
    file: session,
    name: 'A page is told that all sessions are over when nobody could be asked.',
    find: "if (scope !== 'local' && ended.error)",
    replace: "if (scope === 'others' && ended.error)",
  },
  {
    file: ended,
    name: 'A sign-out of the other sessions ends this one.',
    find: "if (scope === 'others') return resultOf(sessionId, await ask(opened, scope))",
    replace: '',
  },
  {
    file: revocations,
    name: 'A server that ends one session only is told of none.',
    find: "const one = scope === 'global' && error",
    replace: "const one = scope === 'others' && error",
  },
]

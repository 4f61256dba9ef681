import { isRetryableAuthError } from 'holdfast'
import { equal } from '../../contracts/contract.js'
import { ADA, createPhone, HOUR, MINUTE, type Surroundings } from './phone.js'

type Story = (surroundings: Surroundings) => Promise<void>

async function signedIn(surroundings: Surroundings) {
  const phone = createPhone(surroundings)
  const started = phone.start()
  await started.auth.signIn(ADA)
  return { ...phone, ...started }
}

/** What a call fails with, or nothing. */
const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error) => error,
  )

const count = (events: readonly string[], name: string): number =>
  events.filter((event) => event === name).length

/** By what they show. */
export const STORIES: Readonly<Record<string, Story>> = {
  async 'it is really they: nothing here is of a browser or of Node'() {
    const here: Readonly<Record<string, unknown>> = Object(globalThis)
    equal(typeof here.HermesInternal, 'object', 'the mark of Hermes')
    equal(new URL('no address').href, 'no address', 'an URL that any text is, as in React Native')
    for (const name of ['document', 'TextDecoder', 'crypto', 'localStorage', 'BroadcastChannel']) {
      equal(here[name], undefined, name)
    }
    equal(typeof fetch === 'function' && 'polyfill' in fetch, true, 'the fetch of React Native')
  },

  async 'somebody signs in, and a session of five kilobytes is in the keychain when the app starts again'(
    surroundings,
  ) {
    const { auth, keychain, start, exchanges } = await signedIn(surroundings)
    const kept = [...keychain.entries.values()].join('')
    const bytes = encodeURIComponent(kept).replace(/%../g, '.').length
    equal(bytes > 5_000 && keychain.entries.size > 3, true, 'there are pieces')
    const session = await auth.getSession()
    equal(session?.user?.email, ADA.email, 'who is signed in')
    auth.dispose()
    const next = start()
    const again = await next.auth.getSession()
    equal(again?.accessToken, session?.accessToken, 'the token after a restart')
    equal(String(again?.user?.userMetadata?.about).length > 2_000, true, 'the whole profile')
    equal(exchanges(), 0, 'refreshes')
  },

  async 'an answer from where a redirect led is not the server’s: it signs nobody out'(
    surroundings,
  ) {
    const { auth, redirectTo } = await signedIn(surroundings)
    redirectTo('https://wifi.example/auth/v1/token')
    equal(Object(await failure(auth.refreshSession())).code, 'bad_response', 'the failure')
    equal(auth.getSnapshot().status, 'signed-in', 'the session')
    redirectTo(null)
    equal((await auth.refreshSession()).session.user?.email, ADA.email, 'who is signed in')
  },

  async 'a token is refreshed ahead of need while the app is active, once'(surroundings) {
    const { auth, events, clock, exchanges } = await signedIn(surroundings)
    const before = await auth.getAccessToken()
    await clock.advance(HOUR - 10_000)
    equal(exchanges(), 1, 'refreshes')
    equal(count(events, 'TOKEN_REFRESHED'), 1, 'news')
    equal((await auth.getAccessToken()) === before, false, 'the old token')
  },

  async 'eight hours in the background send nothing, and the app has a token soon after it comes back'(
    surroundings,
  ) {
    const { auth, app, clock, exchanges, server } = await signedIn(surroundings)
    app.go('inactive', 'background')
    server.clearLog()
    await clock.advance(8 * HOUR)
    equal(server.requests.length, 0, 'requests')
    app.go('inactive', 'active')
    await clock.advance(3_000)
    equal(exchanges(), 1, 'refreshes')
    equal(typeof (await auth.getAccessToken()), 'string', 'a token')
    equal(exchanges(), 1, 'refreshes in all')
  },

  async 'a phone that slept for eight hours, whose timers slept too, does the same'(surroundings) {
    const { auth, app, clock, exchanges } = await signedIn(surroundings)
    app.go('inactive', 'background')
    await clock.sleep(8 * HOUR)
    equal(exchanges(), 0, 'refreshes in the background')
    app.go('active')
    await clock.advance(3_000)
    equal(typeof (await auth.getAccessToken()), 'string', 'a token')
    equal(exchanges(), 1, 'refreshes')
  },

  async 'an app that flaps between states sends no more than it needs'(surroundings) {
    const { app, clock, exchanges } = await signedIn(surroundings)
    await clock.advance(HOUR / 2)
    for (let turn = 0; turn < 50; turn++) app.go('inactive', 'background', 'inactive', 'active')
    await clock.settle()
    equal(exchanges(), 0, 'refreshes of a token that is fresh')
    app.go('background')
    await clock.advance(HOUR)
    for (let turn = 0; turn < 50; turn++) app.go('inactive', 'active', 'inactive', 'active')
    await clock.advance(3_000)
    equal(exchanges(), 1, 'refreshes of one that is dead')
  },

  async 'an outage signs nobody out, and ends with the network’s return'(surroundings) {
    const { auth, events, clock, net, server, exchanges } = await signedIn(surroundings)
    server.fail({ type: 'drop' }, { times: 1_000 })
    net.connect(false)
    await clock.advance(2 * HOUR)
    const error = await failure(auth.getSession())
    equal(isRetryableAuthError(error), true, 'what getSession() rejects with can be tried again')
    equal(count(events, 'SIGNED_OUT'), 0, 'sign-outs')
    server.heal()
    net.connect(true)
    await clock.advance(MINUTE)
    equal(typeof (await auth.getAccessToken()), 'string', 'a token')
    equal(exchanges() > 0, true, 'refreshes')
  },

  async 'a server in trouble is asked again, and the session goes on'(surroundings) {
    const { auth, events, clock, server } = await signedIn(surroundings)
    server.fail({ type: 'status', status: 503 }, { times: 3, path: '/token' })
    server.fail({ type: 'html' }, { times: 1, path: '/token' })
    await clock.advance(HOUR + 10 * MINUTE)
    equal(typeof (await auth.getAccessToken()), 'string', 'a token')
    equal(count(events, 'SIGNED_OUT'), 0, 'sign-outs')
    equal(count(events, 'REFRESH_FAILED') > 0, true, 'news of the failure')
  },

  async 'a phone that is locked keeps its person: the session goes on in memory, and is saved later'(
    surroundings,
  ) {
    const { auth, keychain, clock, start } = await signedIn(surroundings)
    keychain.lock(true)
    const { session } = await auth.refreshSession()
    equal(await auth.getAccessToken(), session.accessToken, 'the new token')
    keychain.lock(false)
    await clock.advance(MINUTE)
    auth.dispose()
    const next = start()
    equal((await next.auth.getSession())?.refreshToken, session.refreshToken, 'what was saved')
  },

  async 'a sign-in by another site comes back by a deep link, and those of other apps are left alone'(
    surroundings,
  ) {
    const phone = createPhone(surroundings)
    const { auth, events, links } = phone.start()
    const redirectTo = 'com.example.app://callback'
    const page = await auth.actions.authorizeUrl({ provider: 'github', redirectTo })
    const answer = await phone.server.fetch(page, { redirect: 'manual' })
    const back = answer.headers.get('location') ?? ''
    equal(back.startsWith(`${redirectTo}?code=`), true, `the address that it ends at: ${back}`)
    phone.linking.open('com.example.other://callback?code=1')
    phone.linking.open('com.example.app://settings')
    await phone.clock.settle()
    equal(links.length, 0, 'links that were for this app')
    phone.linking.open(back)
    await phone.clock.settle()
    equal(count(events, 'SIGNED_IN'), 1, `sign-ins: ${events}`)
    equal((await auth.getSession())?.user?.email, 'person@github.example', 'who is signed in')
    // Whoever sends the same link again has nothing of it.
    phone.linking.open(back)
    await phone.clock.settle()
    equal(count(events, 'SIGNED_IN'), 1, 'sign-ins after the second time')
  },

  async 'a deep link that starts the app ends a sign-in that began before it was killed'(
    surroundings,
  ) {
    const first = createPhone(surroundings)
    const begun = first.start()
    const redirectTo = 'com.example.app://callback'
    const page = await begun.auth.actions.authorizeUrl({ provider: 'github', redirectTo })
    const answer = await first.server.fetch(page, { redirect: 'manual' })
    begun.auth.dispose()
    begun.stop()
    const { auth, events } = first.start(answer.headers.get('location') ?? '')
    await first.clock.settle()
    equal(count(events, 'SIGNED_IN'), 1, `sign-ins: ${events}`)
    equal((await auth.getSession())?.user?.email, 'person@github.example', 'who is signed in')
  },

  async 'so does one of OpenID Connect, by an address that no browser knows'(surroundings) {
    const phone = createPhone(surroundings)
    const auth = phone.startOidc()
    const page = await auth.actions.signInUrl({ state: 'mine' })
    const answer = await phone.issuer.fetch(page, { redirect: 'manual' })
    const url = answer.headers.get('location') ?? ''
    equal(
      await auth.actions.handleRedirect({ url: 'com.example.app://other?code=1' }),
      null,
      'other',
    )
    const back = await auth.actions.handleRedirect({ url })
    equal(back?.state, 'mine', `what was kept for ${url}`)
    const before = (await auth.getSession())?.accessToken
    equal(typeof before, 'string', 'a token')
    const { session } = await auth.refreshSession()
    equal(session.accessToken === before, false, 'the old token')
  },

  async 'auth.fetch gives the token to the origins of the app and to no other, whatever they look like'(
    surroundings,
  ) {
    const { auth, carried, clock } = await signedIn(surroundings)
    // Two tokens of one second are the same: the scripted server signs what it says, and nothing else.
    await clock.advance(2_000)
    const first = `Bearer ${await auth.getAccessToken()}`
    const response = await auth.fetch('https://api.example/me', { method: 'POST', body: '{}' })
    equal(response.status, 200, 'the status of the second try')
    equal(carried[0]?.[1], first, 'the token of the first')
    equal(carried.length === 2 && carried[1]?.[1] !== first, true, 'another one for the second')
    carried.length = 0
    for (const url of [
      'https://api.example.evil.example/',
      'https://api.example@evil.example/',
      'https://api.example:8443/',
      'http://api.example/',
      'https://api.example\\@evil.example/',
      'https://api.example\n.evil.example/',
      'https://evil.example/?https://api.example/',
      'https://evil.example/#https://api.example/',
      'https://evil.example#@api.example/',
    ]) {
      await auth.fetch(url)
      equal(carried.at(-1)?.[1], null, `the token for ${url}`)
    }
  },

  async 'a sign-out leaves nothing in the keychain, and the server hears of it'(surroundings) {
    const { auth, keychain, server, clock, events } = await signedIn(surroundings)
    const token = (await auth.getSession())?.refreshToken ?? 'none'
    await auth.signOut()
    await clock.settle()
    const kept = [...keychain.entries.values()].join(' ')
    equal(kept.includes(token) || kept.includes('access'), false, `tokens in ${kept}`)
    equal(server.sessions().length, 0, 'sessions at the server')
    equal(events.at(-1), 'SIGNED_OUT', 'the last event')
    equal(await auth.getSession(), null, 'the session')
  },

  async 'a client that is disposed of leaves no timer, and nobody listens'(surroundings) {
    const { auth, stop, clock, app, net, linking } = await signedIn(surroundings)
    auth.dispose()
    stop()
    await clock.settle()
    equal(clock.pending(), 0, 'timers')
    equal(app.listeners() + net.listeners() + linking.listeners(), 0, 'listeners')
  },
}

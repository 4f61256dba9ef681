import { setTimeout as delay } from 'node:timers/promises'
import { AuthClient, memoryStorage } from 'holdfast'
import { backend } from 'holdfast/providers/backend'
import type { Browser, Page as Tab } from 'playwright-core'
import type { App } from './apps.js'
import { type Authority, LIFE } from './authority.js'
import { createTabs, type Tabs } from './tabs.js'
import { createVisitor, type Page, type Visitor } from './visitor.js'

/** An app that runs, and the auth server that it uses. */
export interface World {
  /** Such as `http://127.0.0.1:4000`. */
  readonly origin: string
  readonly authority: Authority
  readonly app: Pick<App, 'writesVary' | 'sharesNothing' | 'hasClient'>
  /** In which the app's own pages run. */
  readonly browser: Browser
}

/** A cell of the matrix: says what came of it, in a few words. */
export interface Check {
  readonly title: string
  /** @throws Error for a promise that the app did not keep. */
  run(world: World): Promise<string>
}

/** How often a page is loaded again, in ms. */
const PACE = 250
/** What is awaited takes longer only where it never comes, in ms: the longest pause is half a minute. */
const PATIENCE = 90_000

function ensure(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise)
}

const short = ({ url, status, headers, text }: Page): string =>
  `${status} at ${new URL(url).pathname} ${headers.get('location') ?? text.slice(0, 200)}`

/** The protected page. */
const account = ({ origin }: World): string => `${origin}/account`

const knows = ({ authority }: World, { status, text }: Page): boolean =>
  status === 200 && text.includes(authority.person)

function ensureKnown(world: World, page: Page): void {
  ensure(knows(world, page), `The protected page does not know the person: ${short(page)}`)
}

/** A stranger is sent to the sign-in, and from there back to the page. */
function ensureSentAway(world: World, page: Page): void {
  const location = new URL(page.headers.get('location') ?? '/', page.url)
  ensure(page.status >= 300 && page.status < 400, `A stranger is not sent away: ${short(page)}`)
  ensure(!page.text.includes(world.authority.person), 'A redirect tells of the person.')
  const { pathname, searchParams } = location
  const isRight = pathname === '/auth/sign-in' && searchParams.get('returnTo') === '/account'
  ensure(isRight, `A stranger is sent elsewhere: ${short(page)}`)
}

const namesOf = (visitor: Visitor): string =>
  visitor
    .cookies()
    .map((cookie) => cookie.split('=')[0])
    .join(', ')

async function signIn(world: World): Promise<Visitor> {
  const visitor = createVisitor()
  const page = await visitor.visit(account(world))
  ensureKnown(world, page)
  ensure(page.url === account(world), `The sign-in ends elsewhere: ${short(page)}`)
  return visitor
}

/** Loads the protected page until `isEnough`. @throws Error when that never comes. */
async function loadUntil(
  world: World,
  visitor: Visitor,
  isEnough: (page: Page) => boolean,
): Promise<Page> {
  const end = performance.now() + PATIENCE
  let page = await visitor.load(account(world))
  while (!isEnough(page)) {
    ensure(performance.now() < end, `It never came: ${short(page)}`)
    await delay(PACE)
    page = await visitor.load(account(world))
  }
  return page
}

/** Waits until the token that was just given is dead, by the clock of everybody. */
const untilDead = (): Promise<void> => delay(LIFE * 1000 + PACE)

/** What a client in a page of this browser knows of the person. */
async function seenByClient({ origin }: World, visitor: Visitor): Promise<string> {
  const provider = backend({ url: `${origin}/auth`, fetch: visitor.fetch })
  const client = new AuthClient({ provider, storage: memoryStorage() })
  try {
    return JSON.stringify((await client.getSession())?.user ?? null)
  } finally {
    client.dispose()
  }
}

const signInCheck: Check = {
  title: 'sign-in',
  async run(world) {
    const before = world.authority.liveSessions()
    const visitor = await signIn(world)
    ensure(visitor.cookies().length === 1, `It leaves the cookies ${namesOf(visitor)}.`)
    ensure(world.authority.liveSessions() === before + 1, 'It is no session of the auth server.')
    const seen = await seenByClient(world, visitor)
    ensure(seen.includes(world.authority.person), `A client knows ${seen} as the person.`)
    return 'by redirect, back to the page'
  },
}

const protectedPage: Check = {
  title: 'protected page',
  async run(world) {
    ensureSentAway(world, await createVisitor().load(account(world)))
    const forged = createVisitor([['holdfast', 'Fe26.2**forged']])
    ensureSentAway(world, await forged.load(account(world)))
    const page = await (await signIn(world)).load(account(world))
    ensureKnown(world, page)
    const caching = page.headers.get('cache-control') ?? ''
    ensure(/\bprivate\b|\bno-store\b/.test(caching), `Caches may keep the page: ${caching}`)
    if (world.app.writesVary) {
      ensure(/\bno-store\b/.test(caching), `Caches may keep the page: ${caching}`)
      return 'strangers sign in first; kept out of caches, by `no-store` alone'
    }
    ensure(/\bcookie\b/i.test(page.headers.get('vary') ?? ''), 'It does not vary by cookies.')
    return 'strangers sign in first; kept out of caches'
  },
}

const refresh: Check = {
  title: 'refresh',
  async run(world) {
    const visitor = await signIn(world)
    const { answered } = world.authority.exchanges()
    const before = visitor.cookies().join()
    await loadUntil(world, visitor, (page) => {
      ensureKnown(world, page)
      return world.authority.exchanges().answered > answered
    })
    ensureKnown(world, await visitor.load(account(world)))
    const count = world.authority.exchanges().answered - answered
    ensure(count === 1, `There were ${count} exchanges.`)
    ensure(visitor.cookies().join() !== before, 'The browser still has the cookie of before.')
    return 'one exchange, a new cookie'
  },
}

const MANY = 10

const parallel: Check = {
  title: 'ten parallel requests with an expired cookie',
  async run(world) {
    const visitor = await signIn(world)
    await untilDead()
    const { asked } = world.authority.exchanges()
    const pages = Array.from({ length: MANY }, () => visitor.load(account(world)))
    for (const page of await Promise.all(pages)) ensureKnown(world, page)
    const count = world.authority.exchanges().asked - asked
    ensure(count === 1, `There were ${count} exchanges.`)
    ensureKnown(world, await visitor.load(account(world)))
    return 'all answered, one exchange'
  },
}

const outage: Check = {
  title: 'outage',
  async run(world) {
    const visitor = await signIn(world)
    const { asked } = world.authority.exchanges()
    const restore = world.authority.takeDown()
    try {
      let unseen = 0
      const page = await loadUntil(world, visitor, (loaded) => {
        if (!knows(world, loaded)) return true
        if (world.authority.exchanges().asked > asked) unseen += 1
        return false
      })
      ensure(unseen > 0, 'Nobody was served while the token had life left.')
      ensure(page.status === 503, `The page does not say that it cannot know: ${short(page)}`)
      ensure(/try again/i.test(page.text), `The page does not say what to do: ${short(page)}`)
      const rest = await visitor.load(world.origin)
      ensure(rest.status === 200, `Other pages fail too: ${short(rest)}`)
    } finally {
      restore()
    }
    await loadUntil(world, visitor, (page) => {
      ensure(page.status === 503 || knows(world, page), `It signs out: ${short(page)}`)
      return page.status === 200
    })
    return 'unseen while the token lives, then 503; nobody is signed out'
  },
}

/** What pages ask for who is signed in. */
const SESSION_PATH = '/auth/session'

/** Opens the protected page in a tab that has signed in, or does so on the way, and waits until its button works. */
async function openAccount(world: World, tabs: Tabs): Promise<Tab> {
  const tab = await tabs.open(account(world), world.app.hasClient && SESSION_PATH)
  ensure(tab.url() === account(world), `A tab comes to another page: ${tab.url()}`)
  const text = await tab.innerText('body')
  ensure(text.includes(world.authority.person), `A tab does not know the person: ${text}`)
  return tab
}

/** Whether the auth server asks there whether it shall end its own session too, before it sends people back. */
const isAskedAtServer = ({ origin }: World, { pathname, searchParams }: URL): boolean =>
  pathname === '/session/end' && searchParams.get('post_logout_redirect_uri') === `${origin}/`

/** Waits until a tab has left the protected page for the one that everybody may see. */
async function ensureLeaves(world: World, tabs: Tabs, tab: Tab, which: string): Promise<void> {
  const home = `${world.origin}/`
  const isLeft = (url: string): boolean => url === home || isAskedAtServer(world, new URL(url))
  // Not `waitForURL`: that fails at once where a second navigation to the same page replaces the first.
  const end = Date.now() + PATIENCE
  while (!isLeft(tab.url()) && Date.now() < end) await delay(PACE)
  const found = tabs.problems().join('\n') || 'Its console has no errors.'
  ensure(isLeft(tab.url()), `The tab ${which} stays at ${tab.url().split('?')[0]}. ${found}`)
  if (tab.url() === home) await tab.getByRole('link', { name: 'Your account' }).waitFor()
}

/** A click in one of two tabs. @returns a copy of the cookies from before. */
async function signOutInTabs(world: World, tabs: Tabs): Promise<Visitor> {
  const one = await openAccount(world, tabs)
  const other = await openAccount(world, tabs)
  const stolen = createVisitor(await tabs.cookies())
  await one.getByRole('button', { name: 'Sign out' }).click()
  await ensureLeaves(world, tabs, one, 'in which somebody signs out')
  await ensureLeaves(world, tabs, other, 'beside it')
  return stolen
}

const twoTabs: Check = {
  title: 'sign-out in two tabs',
  async run(world) {
    const before = world.authority.liveSessions()
    const tabs = await createTabs(world.browser)
    try {
      const stolen = await signOutInTabs(world, tabs)
      const visitor = createVisitor(await tabs.cookies())
      ensure(visitor.cookies().length === 0, `It leaves the cookies ${namesOf(visitor)}.`)
      ensureSentAway(world, await visitor.load(account(world)))
      ensureSentAway(
        world,
        world.app.sharesNothing
          ? await loadUntil(world, stolen, (page) => !knows(world, page))
          : await stolen.load(account(world)),
      )
      ensure(world.authority.liveSessions() === before, 'The auth server was not told.')
      const problems = tabs.problems()
      ensure(problems.length === 0, `Whoever looks sees errors: ${problems.join('\n')}`)
    } finally {
      await tabs.close()
    }
    return world.app.sharesNothing
      ? 'both leave the page; copies of the cookie open nothing once their token ends'
      : 'both leave the page; copies of the cookie open nothing'
  },
}

/** A page that was rendered for somebody comes to its tab when they have signed out. */
async function arriveLate(world: World, tabs: Tabs): Promise<void> {
  const one = await openAccount(world, tabs)
  const late = await tabs.openLate(account(world))
  ensure(late.text.includes(world.authority.person), 'A late page does not know the person.')
  await one.getByRole('button', { name: 'Sign out' }).click()
  await ensureLeaves(world, tabs, one, 'in which somebody signs out')
  late.letGo()
  await ensureLeaves(world, tabs, late.tab, 'whose page comes after the sign-out')
}

/** Tells a page that it is shown, until it has asked so many times who is signed in. */
async function wakeUntilAsked(tab: Tab, times: number): Promise<void> {
  let asked = 0
  tab.on('response', (response) => {
    if (new URL(response.url()).pathname === SESSION_PATH) asked += 1
  })
  const end = Date.now() + PATIENCE
  while (asked < times && Date.now() < end) {
    await tab.evaluate(() => {
      for (const type of ['pageshow', 'focus']) dispatchEvent(new Event(type))
    })
    await delay(PACE)
  }
  ensure(asked >= times, 'A page does not ask again who is signed in, after it got no answer.')
}

/** A page that was rendered for somebody begins when nobody can say who is signed in. */
async function beginInOutage(world: World, tabs: Tabs): Promise<void> {
  const restore = await tabs.takeDown(SESSION_PATH)
  const tab = await openAccount(world, tabs)
  // Whatever the page makes of the first answer, it has done so when the next ones are here.
  await wakeUntilAsked(tab, 2)
  ensure(tab.url() === account(world), `A page in an outage leaves for ${tab.url()}.`)
  await restore()
  const one = await openAccount(world, tabs)
  await one.getByRole('button', { name: 'Sign out' }).click()
  await ensureLeaves(world, tabs, tab, 'that began in an outage')
}

const latePage: Check = {
  title: 'page that wakes up after the sign-out',
  async run(world) {
    for (const work of [arriveLate, beginInOutage]) {
      const tabs = await createTabs(world.browser)
      try {
        await work(world, tabs)
      } finally {
        await tabs.close()
      }
    }
    return 'leaves; in an outage it stays'
  },
}

/** All of them, in the order of the matrix. */
export const CHECKS: readonly Check[] = [
  signInCheck,
  refresh,
  parallel,
  protectedPage,
  outage,
  twoTabs,
  latePage,
]

import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { AntiCsrf } from '../../src/server/supertokens/index.js'
import {
  createScriptedSuperTokensCore,
  type ScriptedSuperTokensCore,
} from '../../src/testing/supertokens/index.js'
import { type Answer, serve } from '../express/stage.js'
import { listen, type NodeServer, relay, toRequest } from '../support/node-server.js'
import { ourApp, theirApp } from './supertokens-apps.js'
import { createVisitor, type Mode, type Visitor } from './supertokens-visitor.js'
import { inWords } from './supertokens-words.js'

/** A whole second, as cores count. */
const START = 1_795_000_000_000
/** Longer than an answer is replayed, and than a key set is not asked for again; in ms. */
export const LATER = 60_000
export const HOUR = 3_600_000

/** What a story has to do with. */
export interface Scene {
  readonly core: ScriptedSuperTokensCore
  /** Somebody who is signed in. */
  readonly visitor: Visitor
  /** Somebody on the same side who is signed in in another way, or at another core. */
  another(how: { readonly mode?: Mode; readonly core?: 'foreign' }): Promise<Visitor>
  pass(ms: number): void
}

/** What happens; the last answer is compared. */
export type Story = (scene: Scene) => Promise<Answer>

/** What the two sides answer, and why we differ. */
export interface Differs {
  readonly theirs: string
  readonly ours: string
  readonly why: string
}

/**
 * What happens, and what both sides answer, or each. `{tokens}`, `{access}` and `{erased}` are the
 * cookies or headers of the mode that the row is played in, and `{access with theme}` those of a token with a claim more.
 */
export type Row = readonly [title: string, story: Story, words: string | Differs]

/** Where a table is played. */
export interface Where {
  /** @default both */
  readonly mode?: Mode
  /** @default all three */
  readonly antiCsrf?: AntiCsrf
}

/** Serves a core by HTTP. Faults that lose a request or an answer close the connection. */
export const serveCore = (core: ScriptedSuperTokensCore): Promise<NodeServer> =>
  listen(async (incoming, outgoing) => {
    try {
      await relay(await core.fetch(await toRequest(incoming)), outgoing)
    } catch {
      incoming.socket.destroy()
    }
  })

/** Stops the time of the process. It goes on by {@link pass} only. */
export const stopTime = (): void => void vi.useFakeTimers({ toFake: ['Date'], now: START })
export const pass = (ms: number): void => void vi.setSystemTime(Date.now() + ms)

/** A core whose time is the process's, as that of `supertokens-node` is. */
export const makeCore = (): ScriptedSuperTokensCore =>
  createScriptedSuperTokensCore({ clock: { now: () => Date.now() }, tenants: ['acme'] })

/** Has a core make its keys: on a busy machine that takes longer than it is waited for. */
export const makeKeys = async (core: ScriptedSuperTokensCore): Promise<void> =>
  void (await core.fetch('http://localhost:3567/.well-known/jwks.json'))

/** What depends on how tokens are carried, in the words of an answer. */
const wordsFor = ({ mode, antiCsrf }: Required<Where>): Readonly<Record<string, string>> => ({
  '{tokens}':
    inMode[mode].tokens + (mode === 'cookie' && antiCsrf === 'VIA_TOKEN' ? ', anti-csrf' : ''),
  '{access}': inMode[mode].access,
  '{erased}': inMode[mode].erased,
})
const inMode = {
  cookie: {
    tokens: 'sets cookies, front-token',
    access: 'sets access cookie, front-token',
    erased: 'erases cookies, front-token remove',
  },
  header: {
    tokens: 'front-token, sets headers',
    access: 'front-token, sets access header',
    erased: 'front-token remove, erases headers',
  },
}

const KINDS: readonly AntiCsrf[] = ['NONE', 'VIA_TOKEN', 'VIA_CUSTOM_HEADER']
type Side = 'theirs' | 'ours'
/** Where the apps of a way against forged requests are served. */
type Origins = Readonly<Record<Side | 'foreign', string>>

/** Serves the apps of all ways, those of both sides on `core`, and others on a foreign one. */
async function openApps(core: ScriptedSuperTokensCore, formerDomain: string | undefined) {
  const servers: NodeServer[] = []
  const open = async (server: Promise<NodeServer>): Promise<string> => {
    const opened = await server
    servers.push(opened)
    return opened.origin
  }
  const home = { core: await open(serveCore(core)), formerDomain }
  const abroad = { core: await open(serveCore(makeCore())) }
  const apps = new Map<AntiCsrf, Origins>()
  for (const antiCsrf of KINDS) {
    apps.set(antiCsrf, {
      theirs: await open(serve(theirApp({ ...home, antiCsrf }))),
      ours: await open(serve(ourApp({ ...home, antiCsrf }))),
      foreign: await open(serve(ourApp({ ...abroad, antiCsrf }))),
    })
  }
  return { apps, close: () => Promise.all(servers.map((server) => server.close())) }
}

/** Plays a story for somebody who has just signed in, in words. */
async function playAt(
  origins: Origins | undefined,
  { side, mode, core }: { readonly side: Side; readonly mode: Mode } & Pick<Scene, 'core'>,
  story: Story,
): Promise<string> {
  if (!origins) throw new Error('There is no such app.')
  core.heal()
  pass(LATER)
  const enter = async (place: Side | 'foreign', as: Mode): Promise<Visitor> => {
    const visitor = createVisitor(origins[place], as)
    await visitor.signIn()
    return visitor
  }
  const another: Scene['another'] = (how) => enter(how.core ?? side, how.mode ?? mode)
  return inWords(await story({ core, visitor: await enter(side, mode), another, pass }))
}

/**
 * Two apps on one core, one on `supertokens-node` and one on Holdfast, and a table for what they
 * answer. Call it once in a `describe`.
 */
export function openDesk({ formerDomain }: { readonly formerDomain?: string } = {}) {
  const core = makeCore()
  let opened: Awaited<ReturnType<typeof openApps>> | undefined
  beforeAll(async () => {
    stopTime()
    await makeKeys(core)
    opened = await openApps(core, formerDomain)
  })
  afterAll(async () => {
    vi.useRealTimers()
    await opened?.close()
  })

  const play = (side: Side, story: Story, { mode, antiCsrf }: Required<Where>): Promise<string> =>
    playAt(opened?.apps.get(antiCsrf), { side, mode, core }, story)

  async function compare([title, story, words]: Row, where: Required<Where>): Promise<void> {
    const { theirs, ours } = typeof words === 'string' ? { theirs: words, ours: words } : words
    const known = wordsFor(where)
    const fill = (text: string): string =>
      text.replace(/\{(\w+)( with\w* [^}]+)?\}/, (all, name: string, claims = '') =>
        (known[`{${name}}`] ?? all).replace('front-token', `front-token${claims}`),
      )
    const said = {
      theirs: await play('theirs', story, where),
      ours: await play('ours', story, where),
    }
    expect(said).toEqual({ theirs: fill(theirs), ours: fill(ours) })
    if (typeof words !== 'string') expect(ours, `${title}: they differ no more`).not.toBe(theirs)
  }

  /** Tests for the rows of a table. */
  function table(rows: readonly Row[], only: Where = {}): void {
    const modes = (['cookie', 'header'] as const).filter((mode) => mode === (only.mode ?? mode))
    const kinds = KINDS.filter((kind) => kind === (only.antiCsrf ?? kind))
    for (const antiCsrf of kinds) {
      for (const mode of modes) {
        it.each(rows.map((row) => [row[0], row] as const))(
          `%s (tokens in a ${mode}, anti-CSRF ${antiCsrf})`,
          (_, row) => compare(row, { mode, antiCsrf }),
        )
      }
    }
  }

  return { core, play, table }
}

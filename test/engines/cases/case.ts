import type { Context, FrameOptions, Window } from '../page/contexts.js'
import type { Opening, Report } from '../page/orders.js'
import type { Server } from '../page/server.js'

/** What a case of the suite finds in the page. */
export interface World {
  readonly server: Server
  /** An origin of the same server that is another site. */
  readonly elsewhere: string
  /** Contexts share a session within a case, and are removed after it. */
  frame(opening: Part, options?: FrameOptions): Promise<Context>
  window(opening: Part): Promise<Window>
  /** A window of this origin that has this page for its opener. */
  popup(opening: Part, origin: string): Promise<Context>
  worker(opening: Part): Context
  sharedWorker(opening: Part): Context
  serviceWorker(opening: Part): Promise<Context>
  /** The key under which the clients of this case keep their sessions. */
  readonly key: string
}

/** An opening without its key, which the world knows. */
export type Part = Omit<Opening, 'key'>

/** What a case found besides being true; `absent` names what this engine does not offer. */
export interface Finding {
  readonly absent?: string
  readonly figures?: Readonly<Record<string, number | string>>
}

/** One sentence that must be true in every engine. */
export interface EngineCase {
  readonly name: string
  /** Milliseconds it may take. @default 20_000 */
  readonly limit?: number
  run(world: World): Promise<Finding> | Promise<void>
}

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms))

/** Fails unless `fact` is true. */
export function check(fact: boolean, what: string): asserts fact {
  if (!fact) throw new Error(what)
}

/** Fails unless everything is as it is after a success of a signed-in client. */
export function signedIn(report: Report, who = 'a context'): string {
  const { token, error, status, unhandled } = report
  check(error === null, `${who} got the error ${error}`)
  check(status === 'signed-in' && token !== null, `${who} is ${status}, its token ${token}`)
  check(unhandled.length === 0, `${who} left unhandled: ${unhandled.join('; ')}`)
  return token
}

/** Orders a look at a context until it shows what is wanted. */
export async function until(
  context: Context,
  wanted: (report: Report) => boolean,
  what: string,
): Promise<Report> {
  const end = performance.now() + 8_000
  for (;;) {
    const report = await context.order({ do: 'look' })
    if (wanted(report)) return report
    if (performance.now() > end) throw new Error(`${what}: ${JSON.stringify(report)}`)
    await sleep(10)
  }
}

/** Waits until a context holds this token. */
export const holding = (context: Context, token: string): Promise<Report> =>
  until(context, (report) => report.token === token, 'a context did not get the token')

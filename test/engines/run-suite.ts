import type { EngineCase } from './cases/case.js'
import { type SuiteName, suites } from './cases/index.js'
import { type Engine, INSECURE } from './engine.js'
import type { Result } from './page/suite.js'
import { startSite } from './site.js'

/** What came of a suite in an engine. */
export interface SuiteRun {
  readonly engine: Engine
  readonly suite: SuiteName
  /** The cases that were to run. */
  readonly count: number
  readonly results: readonly Result[]
  /** Whether anything of the site was on disk at the end. */
  readonly kept: boolean
  /** What the engine printed. */
  readonly log: string
  /** Milliseconds from its start to its end. */
  readonly ms: number
}

/** The longest that an engine may take to start, and over its suite, in ms. */
const LIMITS = { start: 40_000, suite: 300_000 }

function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** A part of the suites may be chosen by words of the names of its cases. */
const only = process.env.ENGINE_CASES ?? ''

/** The cases of a suite that are to run. */
export const chosen = (suite: SuiteName): readonly EngineCase[] =>
  suites[suite].filter(({ name }) => name.includes(only))

/** Starts an engine, lets it run a suite, and ends it. */
export async function runSuite(engine: Engine, suite: SuiteName): Promise<SuiteRun> {
  const begin = performance.now()
  const site = await startSite()
  const host = suite === 'insecure' ? INSECURE : '127.0.0.1'
  const query = new URLSearchParams({ suite, only })
  const running = engine.start(`${site.url(host)}?${query}`, { isPrivate: suite === 'private' })
  const ended = running.ended.then(() => false)
  const started = Promise.race([site.started.then(() => true), ended])
  if (await within(started, LIMITS.start)) {
    await within(Promise.race([site.done, ended]), LIMITS.suite)
  }
  const paths = await running.stop()
  await site.close()
  return {
    engine,
    suite,
    count: chosen(suite).length,
    results: site.results,
    // All engines name what they keep of a site after its address.
    kept: paths.some((path) => path.includes(new URL(site.url(host)).port)),
    log: running.log(),
    ms: performance.now() - begin,
  }
}

import { isSuperTokensError } from '../../../src/server/supertokens/errors.js'
import { createSuperTokens } from '../../../src/server/supertokens/supertokens.js'
import type { SessionTokens, SuperTokensOptions } from '../../../src/server/supertokens/types.js'
import {
  createScriptedSuperTokensCore,
  type ScriptedSuperTokensCoreOptions,
} from '../../../src/testing/supertokens/index.js'

/** A whole second, as cores of today count. */
export const START = 1_795_000_000_000
export const HOST = 'http://localhost:3567'
/** Longer than an answer is replayed, in ms. */
export const LATER = 30_001
export const HOUR = 3_600_000

export const LEGACY = { versions: ['1.0', '2.0', '2.1', '2.2', '2.3'] }
/** A core that knows the first interface only. */
export const FIRST = { versions: ['1.0'], apiVersionPath: false }

export interface StageOptions extends Partial<SuperTokensOptions> {
  readonly core?: ScriptedSuperTokensCoreOptions | undefined
}

/** A core, an app and their time. */
export function createStage({ core: scripted, ...options }: StageOptions = {}) {
  const clock = { time: START, now: () => clock.time }
  const core = createScriptedSuperTokensCore({ clock, ...scripted })
  const start = (more: Partial<SuperTokensOptions> = {}) =>
    createSuperTokens({
      hosts: HOST,
      fetch: core.fetch,
      now: clock.now,
      // By a real clock, which a busy machine must not let run out.
      requestTimeout: HOUR,
      ...options,
      ...more,
    })
  const superTokens = start()
  return {
    clock,
    core,
    /** One more process, or another app, with the same core. */
    start,
    superTokens,
    pass(ms: number): void {
      clock.time += ms
    },
    /** Refreshes with time in between, so that the core is asked. */
    async renew({ refreshToken, antiCsrfToken }: SessionTokens): Promise<SessionTokens> {
      clock.time += LATER
      return superTokens.refreshSession(refreshToken.token, { antiCsrfToken })
    },
  }
}

/** Has a core make its keys: on a busy machine that takes longer than it is waited for. */
export const makeKeys = async ({ core }: Stage): Promise<void> =>
  void (await core.fetch(`${HOST}/.well-known/jwks.json`))

/** A stage whose core has made its keys. */
export async function readyStage(options?: StageOptions): Promise<Stage> {
  const stage = createStage(options)
  await makeKeys(stage)
  return stage
}

const stages = new Map<StageOptions, Stage>()

/** One stage for all who ask with these very options: keys take long to make. */
export function stageFor(options: StageOptions): Stage {
  const stage = stages.get(options) ?? createStage(options)
  stages.set(options, stage)
  stage.core.heal()
  // However long the core was left alone for what the one before did to it.
  stage.pass(HOUR)
  return stage
}

export type Stage = ReturnType<typeof createStage>

/** What a promise rejects with; fails when it does not. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown
  try {
    value = await promise
  } catch (error) {
    return error
  }
  throw new Error(`It did not fail, but came to ${JSON.stringify(value)}.`)
}

/** The type of the error that a promise rejects with, or `OK`. */
export async function outcomeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'OK'
  } catch (error) {
    return isSuperTokensError(error) ? error.type : String(error)
  }
}

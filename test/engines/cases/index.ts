import type { EngineCase } from './case.js'
import { contracts } from './contracts.js'
import { expiry } from './expiry.js'
import { handBacks } from './hand-back.js'
import { lacks } from './lacks.js'
import { pages } from './pages.js'
import { places } from './places.js'
import { releases } from './releases.js'
import { removals } from './removal.js'
import { inPrivate, insecure } from './surroundings.js'

/** Cases by the start of the engine that they need, in the order in which a page runs them. */
export const suites = {
  usual: [
    ...contracts,
    ...expiry,
    ...removals,
    ...lacks,
    ...places,
    ...releases,
    ...pages,
    ...handBacks,
  ],
  insecure,
  private: inPrivate,
} as const satisfies Readonly<Record<string, readonly EngineCase[]>>

/** How an engine is started. */
export type SuiteName = keyof typeof suites

import { createRequire } from 'node:module'

/** A copy of `supertokens-node`. One holds one configuration, as long as the process lives. */
export interface SuperTokensSdk {
  readonly SuperTokens: typeof import('supertokens-node')
  readonly Session: typeof import('supertokens-node/recipe/session')
  readonly framework: typeof import('supertokens-node/framework/express')
  readonly guard: typeof import('supertokens-node/recipe/session/framework/express')
}

const load = createRequire(import.meta.url)

/** Loads one more copy, that knows nothing of the others. */
export function loadSuperTokensSdk(): SuperTokensSdk {
  for (const path of Object.keys(load.cache)) {
    if (path.includes('/supertokens-node/')) Reflect.deleteProperty(load.cache, path)
  }
  return {
    SuperTokens: load('supertokens-node'),
    Session: load('supertokens-node/recipe/session'),
    framework: load('supertokens-node/framework/express'),
    guard: load('supertokens-node/recipe/session/framework/express'),
  }
}

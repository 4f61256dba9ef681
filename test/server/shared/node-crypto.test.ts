import { afterEach, describe, expect, it } from 'vitest'
import { findNodeCrypto } from '../../../src/server/shared/node-crypto.js'

const host = globalThis.process
const real = host.getBuiltinModule('node:crypto')

/** What is found in a runtime that has this for its `process`. */
function foundIn(process: unknown): unknown {
  Reflect.set(globalThis, 'process', process)
  try {
    return findNodeCrypto()
  } finally {
    Reflect.set(globalThis, 'process', host)
  }
}

afterEach(() => {
  Reflect.set(globalThis, 'process', host)
})

describe('node:crypto', () => {
  it('is found where the runtime has it', () => {
    expect(foundIn({ getBuiltinModule: () => real })).toBe(real)
  })

  it.each<[string, unknown]>([
    ['has no process', undefined],
    ['has nothing for a process', null],
    ['has a text for a process', 'browser'],
    ['cannot be asked for modules', {}],
    ['has a text in place of what is asked', { getBuiltinModule: 'node:crypto' }],
    ['does not know the module', { getBuiltinModule: () => undefined }],
    ['has nothing for the module', { getBuiltinModule: () => null }],
    ['has a text for the module', { getBuiltinModule: () => 'node:crypto' }],
    ['lacks one of its functions', { getBuiltinModule: () => ({ ...real, verify: undefined }) }],
    [
      'throws for modules that it lacks',
      {
        getBuiltinModule: () => {
          throw new Error('No such built-in module.')
        },
      },
    ],
  ])('is not found, and nothing is thrown, in a runtime that %s', (_, process) => {
    expect(foundIn(process)).toBeNull()
  })
})

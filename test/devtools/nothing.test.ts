import { afterEach, describe, expect, it, vi } from 'vitest'
import * as panel from '../../src/devtools/index.js'
import * as nothing from '../../src/devtools/nothing.js'
import { AuthClient, memoryStorage } from '../../src/index.js'

const client = {
  provider: { id: 'nobody', refresh: async () => ({ accessToken: '', lifetime: 1 }) },
  storage: memoryStorage(),
}
const auth = new AuthClient(client)

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('what production has in the place of the panel', () => {
  it('has the same names', () => {
    expect(Object.keys(nothing).sort()).toEqual(Object.keys(panel).sort())
  })

  it('does nothing but to say so, and can be stopped', () => {
    const print = vi.spyOn(console, 'log').mockImplementation(() => {})
    vi.stubGlobal('document', undefined)
    nothing.showDevtools(auth)()
    expect(print).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('empty in production'))
  })

  it('records nothing, and leaves what listens in its place', () => {
    const listen = (): void => {}
    expect(nothing.recordSteps(listen)).toBe(listen)
    expect(nothing.recordSteps()).toBeUndefined()
  })

  it('makes nothing go wrong: the client gets what the app has given, or the platform’s own', async () => {
    const given = { fetch, environment: { random: () => 0 } }
    expect(nothing.faultInjector(given)).toBe(given)
    const faults = nothing.faultInjector()
    expect(faults).toEqual({})
    const options = { ...client, environment: faults.environment }
    expect(await new AuthClient(options).getSession()).toBeNull()
  })
})

describe('on servers the panel', () => {
  it('does nothing, and can be stopped', () => {
    expect(globalThis.document).toBeUndefined()
    expect(() => panel.showDevtools(auth, { initialIsOpen: true })()).not.toThrow()
  })
})

describe('a recorder', () => {
  it('remembers 200 steps at the most, and hands on each', async () => {
    const heard: unknown[] = []
    const { stepsOf } = await import('../../src/devtools/steps.js')
    const record = panel.recordSteps((entry) => heard.push(entry))
    for (let at = 1; at <= 201; at++) record?.({ at, type: 'observed', status: 'loading' })
    const steps = stepsOf(record)?.all()
    expect(heard).toHaveLength(201)
    expect(steps?.map(({ at }) => at)).toEqual(Array.from({ length: 200 }, (_, i) => i + 2))
  })

  it('is known by no function but its own', async () => {
    const { stepsOf } = await import('../../src/devtools/steps.js')
    expect(stepsOf(() => {})).toBeNull()
    expect(stepsOf(undefined)).toBeNull()
  })
})

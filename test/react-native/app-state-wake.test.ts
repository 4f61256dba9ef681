import { describe, expect, it } from 'vitest'
import type { WakeSign } from '../../src/core/ports.js'
import { appStateWake } from '../../src/react-native/app-state-wake.js'
import { createAppState, createNetInfo } from '../support/react-native-app.js'
import { createWorld, HOUR } from '../support/world.js'

function hear(first: Parameters<typeof createAppState>[0] = 'active', connected?: boolean | null) {
  const app = createAppState(first)
  const net = createNetInfo(connected)
  const wake = appStateWake(app.AppState, { NetInfo: net.NetInfo })
  const signs: WakeSign[] = []
  const stop = wake.subscribe((sign) => signs.push(sign))
  return { ...app, ...net, appListeners: app.listeners, wake, signs, stop }
}

describe('appStateWake', () => {
  it('gives one sign when the app comes back, however it left', () => {
    const { go, signs } = hear()
    go('inactive', 'background')
    expect(signs).toEqual([])
    go('active')
    expect(signs).toEqual(['wake'])
    go('background', 'inactive', 'active')
    expect(signs).toEqual(['wake', 'wake'])
    go('inactive', 'active')
    expect(signs).toEqual(['wake', 'wake', 'wake'])
  })

  it('gives none for an app that is active all the time', () => {
    const { go, signs } = hear()
    go('active', 'active')
    expect(signs).toEqual([])
  })

  it('gives one for an app that was started in the background', () => {
    const { go, signs } = hear('background')
    go('active')
    expect(signs).toEqual(['wake'])
  })

  it.each([
    ['active', true],
    ['inactive', false],
    ['background', false],
    ['unknown', true],
    [null, true],
  ] as const)('in the state %s says that the app is visible: %s', (state, visible) => {
    expect(hear(state).wake.visible()).toBe(visible)
  })

  it('knows of the network what NetInfo is certain of, and tells of its return', async () => {
    const { wake, connect, signs } = hear('active', false)
    expect(wake.online()).toBe(true)
    await Promise.resolve()
    expect(wake.online()).toBe(false)
    connect(null)
    expect(wake.online()).toBe(true)
    expect(signs).toEqual(['online'])
    connect(false)
    connect(true)
    connect(true)
    expect(signs).toEqual(['online', 'online'])
  })

  it('is always online without NetInfo', () => {
    const { AppState } = createAppState()
    const wake = appStateWake(AppState)
    wake.subscribe(() => {})()
    expect(wake.online()).toBe(true)
  })

  it('listens only while it is listened to', async () => {
    const { appListeners, listeners, wake, stop, connect } = hear('active', false)
    const other = wake.subscribe(() => {})
    await Promise.resolve()
    expect([appListeners(), listeners()]).toEqual([2, 2])
    stop()
    expect(wake.online()).toBe(false)
    other()
    expect([appListeners(), listeners()]).toEqual([0, 0])
    connect(false)
    expect(wake.online()).toBe(true)
  })

  it.each([[undefined], [null], [{}], [{ currentState: 'active' }]])(
    'takes an AppState, and not %j',
    (wrong) => {
      expect(() => Reflect.apply(appStateWake, undefined, [wrong])).toThrow('Pass the AppState')
    },
  )

  it('takes a NetInfo, and not what is none', () => {
    const { AppState } = createAppState()
    for (const wrong of [{ NetInfo: {} }, { NetInfo: null }]) {
      const call = () => Reflect.apply(appStateWake, undefined, [AppState, wrong])
      expect(call).toThrow('Pass the NetInfo')
    }
  })
})

describe('a client in an app', () => {
  it('refreshes ahead of need while the app is active, and not while it is away', async () => {
    const { go, AppState } = createAppState()
    const world = createWorld({ lifetime: HOUR })
    await world.signedIn('ada', { environment: { wake: appStateWake(AppState) } })
    await world.clock.advance(HOUR)
    const before = world.server.sent.length
    expect(before).toBeGreaterThan(0)
    go('inactive', 'background')
    await world.clock.advance(12 * HOUR)
    expect(world.server.sent).toHaveLength(before)
    go('active')
    await world.clock.settle()
    expect(world.server.sent).toHaveLength(before + 1)
  })

  it('leaves no listener behind', async () => {
    const { AppState, listeners } = createAppState()
    const world = createWorld()
    const { auth } = await world.signedIn('ada', { environment: { wake: appStateWake(AppState) } })
    expect(listeners()).toBe(1)
    auth.dispose()
    expect(listeners()).toBe(0)
  })
})

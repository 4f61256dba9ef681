import { describe, expect, it } from 'vitest'
import type { WakeSign } from '../../src/core/ports.js'
import { switchableWake } from '../../src/environment/switchable-wake.js'
import { appStateWake } from '../../src/react-native/app-state-wake.js'
import { createAppState } from '../support/react-native-app.js'
import { createWorld, HOUR } from '../support/world.js'

describe('switchableWake', () => {
  it('follows the signs that it was given until it is switched', () => {
    const { AppState, go } = createAppState()
    const wake = switchableWake(appStateWake(AppState))
    const signs: WakeSign[] = []
    const stop = wake.subscribe((sign) => signs.push(sign))
    go('background')
    expect(wake.visible()).toBe(false)
    wake.startAutoRefresh()
    expect(wake.visible()).toBe(true)
    expect(signs).toEqual(['wake'])
    wake.startAutoRefresh()
    go('active')
    expect(signs).toEqual(['wake', 'wake'])
    wake.stopAutoRefresh()
    expect(wake.visible()).toBe(false)
    stop()
    wake.startAutoRefresh()
    expect(signs).toHaveLength(2)
  })

  it('follows the page by default, where there is one', () => {
    const wake = switchableWake()
    wake.subscribe(() => {})()
    expect(wake.visible()).toBe(true)
    expect(wake.online()).toBe(true)
  })

  it('switches the refreshes ahead of need of a client off and on', async () => {
    const { AppState } = createAppState()
    const wake = switchableWake(appStateWake(AppState))
    const world = createWorld({ lifetime: HOUR })
    const { auth } = await world.signedIn('ada', { environment: { wake } })
    wake.stopAutoRefresh()
    await world.clock.advance(12 * HOUR)
    expect(world.server.sent).toHaveLength(0)
    wake.startAutoRefresh()
    await world.clock.settle()
    expect(world.server.sent).toHaveLength(1)
    wake.stopAutoRefresh()
    await world.clock.advance(12 * HOUR)
    expect(world.server.sent).toHaveLength(1)
    expect(await auth.getSession()).not.toBeNull()
    expect(world.server.sent).toHaveLength(2)
  })
})

// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { WakeSign } from '../../src/core/ports.js'
import { platformWake } from '../../src/environment/wake.js'

const setVisibility = (state: DocumentVisibilityState) =>
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state)

function hear() {
  const signs: WakeSign[] = []
  const stop = platformWake().subscribe((sign) => signs.push(sign))
  return { signs, stop }
}

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('platformWake', () => {
  it.each(['pageshow', 'focus'])('takes %s of the window for a sign', (type) => {
    const { signs, stop } = hear()
    globalThis.dispatchEvent(new Event(type))
    expect(signs).toEqual(['wake'])
    stop()
  })

  it('tells a page that comes back from the back/forward cache apart from one that is new', () => {
    const { signs, stop } = hear()
    for (const persisted of [true, false]) {
      globalThis.dispatchEvent(Object.assign(new Event('pageshow'), { persisted }))
    }
    expect(signs).toEqual(['restored', 'wake'])
    stop()
  })

  it('takes the resuming of the document for a sign, seen or not', () => {
    setVisibility('hidden')
    const { signs, stop } = hear()
    document.dispatchEvent(new Event('resume'))
    expect(signs).toEqual(['wake'])
    stop()
  })

  it('takes becoming visible for a sign, and becoming hidden for none', () => {
    const { signs, stop } = hear()
    setVisibility('hidden')
    document.dispatchEvent(new Event('visibilitychange'))
    expect(signs).toEqual([])
    setVisibility('visible')
    document.dispatchEvent(new Event('visibilitychange'))
    expect(signs).toEqual(['wake'])
    stop()
  })

  it('tells the return of the network apart', () => {
    const { signs, stop } = hear()
    globalThis.dispatchEvent(new Event('online'))
    expect(signs).toEqual(['online'])
    stop()
  })

  it('listens only while it is listened to', () => {
    const { signs, stop } = hear()
    const other = hear()
    stop()
    stop()
    for (const type of ['pageshow', 'focus', 'online']) globalThis.dispatchEvent(new Event(type))
    for (const type of ['visibilitychange', 'resume']) document.dispatchEvent(new Event(type))
    expect(signs).toEqual([])
    expect(other.signs).toHaveLength(5)
    other.stop()
  })

  it('knows whether the page is seen and the device known to be offline', () => {
    const wake = platformWake()
    expect([wake.visible(), wake.online()]).toEqual([true, true])
    setVisibility('hidden')
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    expect([wake.visible(), wake.online()]).toEqual([false, false])
  })

  it('works in a worker, which has no document', () => {
    vi.stubGlobal('document', undefined)
    const { signs, stop } = hear()
    globalThis.dispatchEvent(new Event('online'))
    expect(signs).toEqual(['online'])
    expect(platformWake().visible()).toBe(true)
    stop()
  })

  it('works on a server, which has no events and perhaps no navigator', () => {
    for (const name of ['document', 'addEventListener', 'navigator']) vi.stubGlobal(name, undefined)
    const { stop } = hear()
    expect(stop).not.toThrow()
    expect([platformWake().visible(), platformWake().online()]).toEqual([true, true])
  })
})

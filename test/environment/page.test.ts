// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { platformPage } from '../../src/environment/page.js'

const state = { of: 'the app' }

beforeEach(() => {
  vi.stubGlobal('location', { href: 'https://app.example/in?code=1', protocol: 'https:' })
})

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('platformPage', () => {
  it('tells the address of the page', () => {
    expect(platformPage().href()).toBe('https://app.example/in?code=1')
  })

  it('replaces it without losing what the app keeps in the history', () => {
    const replaceState = vi.fn()
    vi.stubGlobal('history', { state, replaceState })
    platformPage().replace('https://app.example/in')
    expect(replaceState).toHaveBeenCalledExactlyOnceWith(state, '', 'https://app.example/in')
  })

  it('leaves the address of a page that may not change it', () => {
    const replaceState = vi.fn(() => {
      throw new DOMException('opaque origin', 'SecurityError')
    })
    vi.stubGlobal('history', { state, replaceState })
    expect(() => platformPage().replace('https://app.example/in')).not.toThrow()
    expect(replaceState).toHaveBeenCalled()
  })

  it('has no address in a frame that has none of its own', () => {
    vi.stubGlobal('location', { href: 'about:srcdoc', protocol: 'about:' })
    expect(platformPage().href()).toBeNull()
  })

  it('has none in a worker, whose location is that of its script', () => {
    vi.stubGlobal('document', undefined)
    vi.stubGlobal('history', undefined)
    expect(platformPage().href()).toBeNull()
    expect(() => platformPage().replace('/')).not.toThrow()
  })

  it('has none on a server', () => {
    for (const name of ['document', 'location', 'history']) vi.stubGlobal(name, undefined)
    expect(platformPage().href()).toBeNull()
    expect(() => platformPage().replace('/')).not.toThrow()
  })
})

describe('a page that was rendered ahead', () => {
  it('is shown when the browser says so', async () => {
    const page = new EventTarget()
    vi.stubGlobal('document', Object.assign(page, { prerendering: true }))
    let shown = false
    const activation = platformPage().activation?.()
    const seen = activation?.then(() => {
      shown = true
    })
    await Promise.resolve()
    expect(shown).toBe(false)
    page.dispatchEvent(new Event('prerenderingchange'))
    await seen
    expect(shown).toBe(true)
  })

  it('is none where nobody rendered it ahead, nor in workers and servers', () => {
    expect(platformPage().activation?.()).toBeNull()
    vi.stubGlobal('document', undefined)
    expect(platformPage().activation?.()).toBeNull()
  })
})

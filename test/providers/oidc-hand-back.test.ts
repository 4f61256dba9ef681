import { afterEach, describe, expect, it, vi } from 'vitest'
import { handBack } from '../../src/providers/oidc/popup.js'

const ORIGIN = 'https://app.example'
const STATE = 'x'.repeat(43)

afterEach(() => vi.unstubAllGlobals())

/** A callback page with this query, and what it says to whom. */
function createCallback(
  query: string,
  { opened = false, framed = false, closable = true, cutOff = false } = {},
) {
  const href = `${ORIGIN}/callback?${query}`
  const told: (readonly [string, unknown, unknown])[] = []
  const window = {}
  const other = (name: string) => ({
    postMessage: (what: unknown, origin: unknown) => told.push([name, what, origin]),
  })
  const closes: string[] = []
  class Channel {
    readonly name: string
    constructor(name: string) {
      this.name = name
    }
    postMessage(what: unknown): void {
      told.push([this.name, what, null])
    }
    close(): void {
      closes.push(this.name)
    }
  }
  vi.stubGlobal('document', {})
  vi.stubGlobal('location', new URL(href))
  vi.stubGlobal('window', window)
  vi.stubGlobal('opener', opened ? other('opener') : null)
  vi.stubGlobal('parent', framed ? other('parent') : window)
  vi.stubGlobal('BroadcastChannel', Channel)
  vi.stubGlobal('closed', false)
  vi.stubGlobal('close', () => {
    closes.push('window')
    // Only what a script has opened.
    if (closable && (opened || cutOff)) vi.stubGlobal('closed', true)
  })
  return { told, closes, said: { 'holdfast.callback': href } }
}

describe('the callback page', () => {
  it('hands its address back to the window that opened it, on its own origin, and closes', () => {
    const { told, closes, said } = createCallback(`code=c&state=${STATE}.popup`, { opened: true })
    expect(handBack()).toBe(true)
    expect(told).toEqual([['opener', said, ORIGIN]])
    expect(closes).toEqual(['window'])
  })

  it('says it to all windows of its origin where the server has cut it off from its opener', () => {
    const { told, closes, said } = createCallback(`error=e&state=${STATE}.popup`, { cutOff: true })
    expect(handBack()).toBe(true)
    expect(told).toEqual([['holdfast.callback', said, null]])
    expect(closes).toEqual(['holdfast.callback', 'window'])
  })

  it('goes on in a tab that somebody has opened by a link, which no script can close: nobody waits', () => {
    createCallback(`code=c&state=${STATE}.popup`)
    expect(handBack()).toBe(false)
    createCallback(`code=c&state=${STATE}.popup`, { opened: true, closable: false })
    expect(handBack()).toBe(true)
  })

  it('hands it back to the page whose frame it is in, and closes nothing', () => {
    const { told, closes, said } = createCallback(`code=c&state=${STATE}.frame`, { framed: true })
    expect(handBack()).toBe(true)
    expect(told).toEqual([['parent', said, ORIGIN]])
    expect(closes).toEqual([])
  })

  it.each([
    ['the answer to a redirect', `code=c&state=${STATE}`],
    ['the refusal of a redirect', `error=access_denied&state=${STATE}`],
    ['a state of another client', 'code=c&state=a.b'],
    ['a page of the app', `state=${STATE}.popup`],
    ['an answer for a frame that is in none', `code=c&state=${STATE}.frame`],
    ['an answer without a state', 'code=c'],
    ['nothing', ''],
  ])('leaves %s alone', (_name, query) => {
    const { told, closes } = createCallback(query, { opened: true })
    expect(handBack()).toBe(false)
    expect([told, closes]).toEqual([[], []])
  })

  it('leaves an answer alone that it can tell nobody of', () => {
    const { closes } = createCallback(`code=c&state=${STATE}.popup`)
    vi.stubGlobal('BroadcastChannel', undefined)
    expect(handBack()).toBe(false)
    const { told } = createCallback(`code=c&state=${STATE}.popup`, { opened: true })
    vi.stubGlobal('location', new URL(`data:text/html,?code=c&state=${STATE}.popup`))
    expect(handBack()).toBe(false)
    expect([closes, told]).toEqual([[], []])
  })

  it('is nothing on a server', () => {
    expect(handBack()).toBe(false)
  })
})

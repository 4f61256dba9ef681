import { afterEach, describe, expect, it, vi } from 'vitest'
import { platformChannel } from '../../src/environment/channel.js'
import { channelContract } from '../contracts/channel-contract.js'
import { turns } from '../contracts/contract.js'

class PageEvents extends EventTarget {
  readonly add = this.addEventListener.bind(this)
  readonly remove = this.removeEventListener.bind(this)
}

/** Makes this process look like a page, with the BroadcastChannel of Node or the one given. */
function plantPage(channel?: unknown) {
  const events = new PageEvents()
  vi.stubGlobal('document', {})
  vi.stubGlobal('addEventListener', events.add)
  vi.stubGlobal('removeEventListener', events.remove)
  if (channel) vi.stubGlobal('BroadcastChannel', channel)
  return events
}

/** A BroadcastChannel that notes what is done with it. */
function recorder() {
  const open = new Set<object>()
  const log: string[] = []
  const messages: unknown[] = []
  class Recorder {
    onmessage: (() => void) | null = null
    constructor(name: string) {
      log.push(`open ${name}`)
      open.add(this)
    }
    postMessage(message: unknown) {
      messages.push(message)
    }
    close() {
      log.push('close')
      open.delete(this)
    }
  }
  return { Recorder, open, log, messages }
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('platformChannel', () => {
  it.each(channelContract)('on servers: $name', async ({ run }) => {
    await run(platformChannel)
  })

  it.each(channelContract)('in pages: $name', async ({ run }) => {
    plantPage()
    await run(platformChannel)
  })

  it.each(channelContract)('in pages that refuse BroadcastChannel: $name', async ({ run }) => {
    plantPage(() => {
      throw new DOMException('opaque origin', 'SecurityError')
    })
    await run(platformChannel)
  })

  it('opens no BroadcastChannel on servers, so that the process can exit', () => {
    const { Recorder, log } = recorder()
    vi.stubGlobal('BroadcastChannel', Recorder)
    platformChannel().open('name', () => {})
    expect(log).toEqual([])
  })

  it('uses BroadcastChannel in workers', () => {
    const { Recorder, log } = recorder()
    vi.stubGlobal('BroadcastChannel', Recorder)
    vi.stubGlobal('WorkerGlobalScope', class {})
    platformChannel()
      .open('name', () => {})
      .close()
    expect(log).toEqual(['open name', 'open holdfast:name', 'close', 'close'])
  })

  it('hears the tabs of 0.1, and is heard by them', async () => {
    plantPage()
    let hints = 0
    const line = platformChannel().open('holdfast:app', () => hints++)
    const old = new BroadcastChannel('holdfast:holdfast:app')
    const heard = new Promise((resolve) => {
      old.onmessage = resolve
    })
    line.post()
    await heard
    const second = platformChannel().open('holdfast:app', () => {})
    old.postMessage(0)
    while (hints < 1) await turns(1)
    second.post()
    while (hints < 2) await turns(1)
    await turns(20)
    expect(hints).toBe(2)
    for (const end of [line, second, old]) end.close()
  })

  it('carries no data', () => {
    const { Recorder, messages } = recorder()
    plantPage(Recorder)
    platformChannel()
      .open('name', () => {})
      .post()
    expect(messages).toEqual([0, 1])
  })

  it('is closed while the page lies in the back/forward cache, and hints on its return', () => {
    const { Recorder, open } = recorder()
    const page = plantPage(Recorder)
    let hints = 0
    const line = platformChannel().open('name', () => hints++)
    page.dispatchEvent(new Event('pageshow'))
    expect([open.size, hints]).toEqual([2, 0])
    page.dispatchEvent(new Event('pagehide'))
    expect(open.size).toBe(0)
    expect(line.post).not.toThrow()
    page.dispatchEvent(new Event('pageshow'))
    expect([open.size, hints]).toEqual([2, 1])
    line.close()
    page.dispatchEvent(new Event('pagehide'))
    page.dispatchEvent(new Event('pageshow'))
    expect([open.size, hints]).toEqual([0, 1])
  })

  it('drops a hint that is on its way to one who closes', async () => {
    let hints = 0
    const channel = platformChannel()
    const [from, to] = [channel.open('name', () => {}), channel.open('name', () => hints++)]
    from.post()
    to.close()
    await turns()
    expect(hints).toBe(0)
    from.close()
  })
})

import { describe, expect, it } from 'vitest'
import { onRedirect } from '../../src/react-native/index.js'
import { createLinking } from '../support/native-modules.js'

const HOME = 'com.example.app://callback'
const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

function listen(initial: string | null = null) {
  const phone = createLinking(initial)
  const links: string[] = []
  const stop = onRedirect(phone.Linking, HOME, (url) => links.push(url))
  return { ...phone, links, stop }
}

describe('onRedirect', () => {
  it('tells of the link that started the app, and of those that come while it runs', async () => {
    const { links, open } = listen(`${HOME}?code=1`)
    await soon()
    open(`${HOME}?code=2`)
    open(`${HOME}/?code=3#x`)
    expect(links).toEqual([`${HOME}?code=1`, `${HOME}?code=2`, `${HOME}/?code=3#x`])
  })

  it.each([
    'com.example.app://settings?code=1',
    'com.example.app://callback.evil.example?code=1',
    'com.example.app://callback/more?code=1',
    'com.example.appx://callback?code=1',
    'https://callback?code=1',
    'exp+com.example.app://callback?code=1',
    `x?${HOME}`,
    '',
  ])('leaves %j alone, which is for somebody else', async (url) => {
    const { links, open } = listen(url)
    await soon()
    open(url)
    expect(links).toEqual([])
  })

  it('tells of the link that started the app once, however often somebody begins to listen', async () => {
    const { links, Linking, stop } = listen(`${HOME}?code=1`)
    stop()
    await soon()
    expect(links).toEqual([])
    for (const _ of [1, 2]) {
      onRedirect(Linking, HOME, (url) => links.push(url))
      await soon()
    }
    expect(links).toEqual([`${HOME}?code=1`])
  })

  it('tells of it no more after another link has come', async () => {
    const { links, Linking, open, stop } = listen(`${HOME}?code=1`)
    await soon()
    open(`${HOME}?code=2`)
    stop()
    onRedirect(Linking, HOME, (url) => links.push(url))
    await soon()
    expect(links).toEqual([`${HOME}?code=1`, `${HOME}?code=2`])
  })

  it('knows a link whose scheme and host a browser has written in small letters', () => {
    const { Linking, open } = createLinking()
    const links: string[] = []
    onRedirect(Linking, 'com.example.MyApp://Home/Callback', (url) => links.push(url))
    for (const url of [
      'com.example.myapp://home/Callback?code=1',
      'com.example.myapp://home/callback',
    ])
      open(url)
    expect(links).toEqual(['com.example.myapp://home/Callback?code=1'])
  })

  it('tells once of a link that comes both ways', async () => {
    const { links, open } = listen(`${HOME}?code=1`)
    open(`${HOME}?code=1`)
    await soon()
    expect(links).toEqual([`${HOME}?code=1`])
  })

  it('hears nothing any more once it is stopped', async () => {
    const { links, open, stop, listeners } = listen()
    stop()
    open(`${HOME}?code=2`)
    expect([links, listeners()]).toEqual([[], 0])
  })

  it('goes on where the system cannot tell what started the app, and where an event has no link', async () => {
    const { Linking, open } = createLinking()
    const links: string[] = []
    const broken = { ...Linking, getInitialURL: () => Promise.reject(new Error('no activity')) }
    onRedirect(broken, HOME, (url) => links.push(url))
    await soon()
    Reflect.apply(open, undefined, [null])
    open(`${HOME}?code=2`)
    expect(links).toEqual([`${HOME}?code=2`])
  })

  it.each([
    [undefined, HOME],
    [{}, HOME],
    [createLinking().Linking, ''],
    [createLinking().Linking, '/callback'],
    [createLinking().Linking, undefined],
  ])('says what to pass instead of %j and %j', (Linking, redirectTo) => {
    expect(() => Reflect.apply(onRedirect, undefined, [Linking, redirectTo, () => {}])).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
  })
})

// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest'
import { ADA, find, linesOf, rootOf, stageOfEachTest, titles } from './stage.js'

const stage = stageOfEachTest()

const names = (): string[] =>
  [...rootOf().querySelectorAll('option')].map((option) => option.textContent ?? '')

function choose(index: number): void {
  const select = find<HTMLSelectElement>('select')
  select.selectedIndex = index
  select.dispatchEvent(new Event('change'))
}

describe('several clients in one page', () => {
  it('share a panel, which shows one of them at a time', async () => {
    const first = await stage().signedIn()
    stage().show(stage().open({ storageKey: 'other' }))
    await stage().settle()
    expect(document.querySelectorAll('holdfast-devtools')).toHaveLength(1)
    expect(names()).toEqual(['app', 'other'])
    expect(linesOf('state')[0]).toBe('Status | Signed in')
    choose(1)
    await stage().settle()
    expect(linesOf('state')[0]).toBe('Status | Signed out')
    choose(0)
    await stage().settle()
    expect(linesOf('state')[1]).toContain(first.auth.getSnapshot().session?.user?.id)
  })

  it('have a time line each, also where the app has told nothing of them', async () => {
    const shownAlone = { options: undefined, initialIsOpen: true }
    const first = stage().open()
    stage().show(first, shownAlone)
    stage().show(stage().open({ storageKey: 'other' }), shownAlone)
    await first.auth.signIn(ADA)
    await stage().settle()
    expect(titles()).toEqual(['SIGNED_IN', 'INITIAL_SESSION'])
    choose(1)
    await stage().settle()
    expect(titles()).toEqual(['INITIAL_SESSION'])
  })

  it('are chosen by no list while there is only one', async () => {
    await stage().signedIn()
    expect(find('select').hidden).toBe(true)
  })

  it('go when their apps stop them, and the panel with the last', async () => {
    const first = await stage().signedIn()
    const stop = stage().show(stage().open({ storageKey: 'other' }), { name: 'The other' })
    first.stop()
    await stage().settle()
    expect(names()).toEqual(['The other'])
    expect(linesOf('state')[0]).toBe('Status | Signed out')
    stop()
    stop()
    expect(document.querySelector('holdfast-devtools')).toBeNull()
    expect(stage().channels.count()).toBe(0)
    expect(stage().browser.clock.pending()).toBeLessThanOrEqual(2)
  })

  it('are not one more when the same one is shown again, as under hot reload', async () => {
    const opened = await stage().signedIn()
    stage().show(opened)
    opened.stop()
    await stage().settle()
    expect(names()).toEqual(['app'])
    await opened.auth.refreshSession()
    await stage().settle()
    expect(titles().filter((title) => title === 'TOKEN_REFRESHED')).toHaveLength(1)
  })
})

describe('two copies of the package', () => {
  it('share one panel, each with what it alone has recorded', async () => {
    await stage().signedIn()
    vi.resetModules()
    const copy = await import('../../src/devtools/index.js')
    const { options } = stage().open({ storageKey: 'copy' })
    const { AuthClient } = await import('../../src/index.js')
    const debugged = { ...options, debug: copy.recordSteps() }
    const auth = new AuthClient(debugged)
    const stop = copy.showDevtools(auth, { options: debugged })
    await auth.signIn(ADA)
    await stage().settle()
    expect(document.querySelectorAll('holdfast-devtools')).toHaveLength(1)
    expect(names()).toEqual(['app', 'copy'])
    choose(1)
    await stage().settle()
    expect(linesOf('state')[0]).toBe('Status | Signed in')
    find<HTMLInputElement>('input[type=checkbox]').click()
    expect(titles()).toContain('established')
    stop()
    auth.dispose()
  })
})

describe('a page', () => {
  it.each([
    ['knows no style sheets', undefined],
    ['cannot fill them', class {}],
  ])('whose browser, or jsdom, %s is styled all the same', async (_why, sheet) => {
    vi.stubGlobal('CSSStyleSheet', sheet)
    await stage().signedIn()
    expect(rootOf().querySelector('style')?.textContent).toContain('.toggle')
    expect(linesOf('state')[0]).toBe('Status | Signed in')
  })

  it('that has the element already gets no second one', async () => {
    const element = document.createElement('holdfast-devtools')
    document.body.append(element)
    await stage().signedIn()
    expect(document.querySelectorAll('holdfast-devtools')).toHaveLength(1)
    expect(element.shadowRoot?.textContent).toContain('Signed in')
  })

  it('that takes the element away and puts it back goes on where it was', async () => {
    await stage().signedIn()
    const element = document.querySelector('holdfast-devtools')
    element?.remove()
    await stage().advance(60_000)
    if (element) document.body.append(element)
    await stage().settle()
    expect(linesOf('state').join()).toContain('59 min left')
  })
})

// @vitest-environment happy-dom
import { createElement as h } from 'react'
import { renderToString } from 'react-dom/server'
import { describe, expect, it, vi } from 'vitest'
import { Impersonation, type ImpersonationProps } from '../../src/react/impersonation.js'
import { AuthProvider, type SessionView } from '../../src/react/index.js'
import { PATIENT } from '../support/patient.js'
import { openBackend } from './backend-page.js'
import { stageOfEachTest } from './stage.js'

const stage = stageOfEachTest()
const impersonator = { email: 'boss@example.com', reason: 'A ticket.' }

async function mount(props: ImpersonationProps = {}, facts: object = { impersonator }) {
  const { auth, server } = await openBackend(facts)
  const { container } = await stage().render(
    h(AuthProvider, { client: auth }, h(Impersonation, props)),
  )
  await stage().settle()
  await vi.waitUntil(() => auth.getSnapshot().status !== 'loading', PATIENT)
  await stage().settle()
  return {
    auth,
    server,
    container,
    textOf: () => container.textContent,
    button: () => container.querySelector('button'),
    async click(): Promise<void> {
      container.querySelector('button')?.click()
      await stage().settle()
    },
  }
}

describe('the banner of an impersonation', () => {
  it('says who acts as whom, and why', async () => {
    const { container, textOf } = await mount()
    expect(textOf()).toContain('boss@example.com acts as ada@example.com.')
    expect(textOf()).toContain('Reason: A ticket.')
    const section = container.querySelector('section')
    expect(section?.getAttribute('aria-label')).toBe('Impersonation')
  })

  it('is not there where nobody acts as somebody, nor where nobody is signed in', async () => {
    expect((await mount({}, {})).container.innerHTML).toBe('')
    const nobody = h(AuthProvider, { client: (await openBackend(null)).auth }, h(Impersonation))
    expect(renderToString(nobody)).toBe('')
  })

  it('says no reason where the auth server says none', async () => {
    const { textOf } = await mount({}, { impersonator: { ...impersonator, reason: null } })
    expect(textOf()).not.toContain('Reason')
  })

  it('ends it by signing out, and is gone', async () => {
    const { click, container, server } = await mount()
    await click()
    await vi.waitUntil(() => container.innerHTML === '', PATIENT)
    expect(server.paths).toContain('/auth/sign-out')
  })

  it('ends it as the app says, once', async () => {
    let finish = (): void => {}
    const onEnd = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)))
    const { click, button, server } = await mount({ onEnd })
    await click()
    expect(button()?.disabled).toBe(true)
    await click()
    expect(onEnd).toHaveBeenCalledTimes(1)
    finish()
    await stage().settle()
    expect(button()?.disabled).toBe(false)
    expect(server.paths).not.toContain('/auth/sign-out')
  })

  it('says when that failed, and lets the person try again', async () => {
    const onEnd = vi.fn(async () => Promise.reject(new Error('offline')))
    const { click, container, button } = await mount({ onEnd })
    await click()
    expect(container.querySelector('[role=alert]')?.textContent).toMatch(/could not be ended/)
    expect(button()?.disabled).toBe(false)
    await click()
    expect(onEnd).toHaveBeenCalledTimes(2)
  })

  it('speaks the language of the page, and wears its class', async () => {
    const { container, textOf } = await mount({
      className: 'banner',
      texts: { end: 'Beenden', describe: ({ email }) => `${email} ist hier.` },
    })
    expect(container.querySelector('section')?.className).toBe('banner')
    expect(textOf()).toBe('boss@example.com ist hier.Reason: A ticket.Beenden')
  })

  it('is there when a server renders the page', async () => {
    const initialSession: SessionView = { user: { id: 'user_1' }, impersonator }
    const { auth } = await openBackend(null)
    const html = renderToString(h(AuthProvider, { client: auth, initialSession }, h(Impersonation)))
    expect(html).toContain('boss@example.com acts as user_1.')
  })

  it('shows what an impersonator is called as a text, whatever that is', async () => {
    const email = '<img src=x onerror=alert(1)>'
    const { container } = await mount({}, { impersonator: { email, reason: email } })
    expect(container.querySelector('img')).toBeNull()
  })
})

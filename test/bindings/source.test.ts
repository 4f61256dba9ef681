import { expect, it } from 'vitest'
import { createSource } from '../../src/bindings/source.js'
import { createCookieWorld, outage } from '../support/cookie-world.js'
import { HOUR } from '../support/world.js'

const RENDERED = { initialSession: { user: { id: 'ada' } } }

it('whom the server rendered stays, with the reason, until it is known that nobody is signed in', async () => {
  const world = createCookieWorld()
  world.jar.answer = outage
  const { auth } = world.open()
  const { current, rendered } = createSource(auth, RENDERED, '')
  expect(current()).toBe(rendered)
  await world.clock.settle()
  const unsure = current()
  expect(unsure).toMatchObject({ status: 'signed-in', user: { id: 'ada' } })
  expect(unsure.error).toMatchObject({ code: 'network', retryable: true })
  // Frameworks draw again whatever is another object.
  expect(current()).toBe(unsure)
  world.jar.answer = () => null
  await world.clock.advance(HOUR)
  expect(current()).toEqual({ status: 'signed-out', session: null, user: null, error: null })
})

it('a page that was rendered for nobody says in an outage that nobody is signed in, and why', async () => {
  const world = createCookieWorld()
  world.jar.answer = outage
  const { auth } = world.open()
  const { current } = createSource(auth, { initialSession: null }, '')
  await world.clock.settle()
  expect(current()).toMatchObject({ status: 'signed-out', error: { code: 'network' } })
})

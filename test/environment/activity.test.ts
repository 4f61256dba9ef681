// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest'
import { platformActivity } from '../../src/environment/activity.js'

/** An event as a person causes it: what a script makes is not trusted. */
const byPerson = (type: string): Event =>
  Object.defineProperty(new Event(type, { bubbles: true, cancelable: true }), 'isTrusted', {
    value: true,
  })

function hear() {
  const heard = vi.fn()
  return { heard, stop: platformActivity(heard) }
}

describe('platformActivity', () => {
  it.each(['pointerdown', 'keydown', 'wheel', 'touchstart'])('takes %s for use', (type) => {
    const { heard, stop } = hear()
    document.dispatchEvent(byPerson(type))
    expect(heard).toHaveBeenCalledOnce()
    stop()
    document.dispatchEvent(byPerson(type))
    expect(heard).toHaveBeenCalledOnce()
  })

  it('hears of it also where the page keeps it to itself', () => {
    const { heard, stop } = hear()
    document.addEventListener('keydown', (event) => event.stopImmediatePropagation(), {
      once: true,
    })
    document.dispatchEvent(byPerson('keydown'))
    expect(heard).toHaveBeenCalledOnce()
    stop()
  })

  it('is not deceived by what a script makes up, nor by a pointer that only moves', () => {
    const { heard, stop } = hear()
    document.dispatchEvent(new Event('keydown', { bubbles: true }))
    document.dispatchEvent(byPerson('pointermove'))
    expect(heard).not.toHaveBeenCalled()
    stop()
  })
})

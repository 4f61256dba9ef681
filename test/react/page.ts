import { createElement as h, type ReactNode } from 'react'
import { flushSync } from 'react-dom'
import { createRoot, hydrateRoot, type Root } from 'react-dom/client'
import type { Framework } from '../bindings/page.js'
import { Parts, Whole } from './whole.js'

/** Renders at once. React tells of what a component throws instead of throwing it. */
export function renderInto(place: Element, page: ReactNode): Root {
  const errors: unknown[] = []
  const root = createRoot(place, { onUncaughtError: (error) => errors.push(error) })
  flushSync(() => root.render(page))
  for (const error of errors) throw error
  return root
}

export const show: Framework['show'] = async (place, page, over) => {
  const whole = h(Whole, { page })
  const root = over ? hydrateRoot(place, whole) : renderInto(place, whole)
  return { flush: () => flushSync(() => {}), unmount: () => root.unmount() }
}

export const showLost: Framework['showLost'] = async (place, page) =>
  renderInto(place, h(Parts, { page }))

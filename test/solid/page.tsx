import { hydrate, render } from 'solid-js/web'
import type { Framework } from '../bindings/page.js'
import { Who, Whole } from './whole.js'

declare global {
  /** What a server sends with the page: here, when each part has arrived. */
  var _$HY: { r: object } | undefined
}

export const show: Framework['show'] = async (place, page, over) => {
  if (page.late && globalThis._$HY) globalThis._$HY.r = new Proxy({}, { get: () => page.late })
  return {
    unmount: (over ? hydrate : render)(() => <Whole page={page} />, place),
    flush: () => {},
  }
}

export const showLost: Framework['showLost'] = async (place, page) =>
  render(() => <Who page={page} />, place)

import { flushSync, hydrate, mount, unmount } from 'svelte'
import type { Framework } from '../bindings/page.js'
import Who from './who.svelte'
import Whole from './whole.svelte'

export const show: Framework['show'] = async (target, page, over) => {
  const whole = (over ? hydrate : mount)(Whole, { target, props: { page } })
  return { flush: () => flushSync(), unmount: () => unmount(whole) }
}

export const showLost: Framework['showLost'] = async (target, page) =>
  mount(Who, { target, props: { page } })

import { createApp, createSSRApp, nextTick } from 'vue'
import type { Framework } from '../bindings/page.js'
import { authPlugin } from './auth.js'
import Who from './auth-who.vue'
import Whole from './whole-page.vue'

export const show: Framework['show'] = async (place, page, hydrate) => {
  const app = (hydrate ? createSSRApp : createApp)(Whole, { page })
  app.use(authPlugin, page.client, page.options)
  app.mount(place)
  return { flush: () => nextTick(), unmount: () => app.unmount() }
}

export const showLost: Framework['showLost'] = async (place, page) =>
  createApp(Who, { page }).mount(place)

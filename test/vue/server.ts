import { createSSRApp } from 'vue'
import { renderToString } from 'vue/server-renderer'
import type { FrameworkServer } from '../bindings/page.js'
import { authPlugin } from './auth.js'
import Whole from './whole-page.vue'

export const render: FrameworkServer['render'] = (page) =>
  renderToString(createSSRApp(Whole, { page }).use(authPlugin, page.client, page.options))

import { generateHydrationScript, renderToString } from 'solid-js/web'
import type { FrameworkServer } from '../bindings/page.js'
import { Whole } from './whole.js'

export const render: FrameworkServer['render'] = async (page) =>
  renderToString(() => <Whole page={page} />)

export const head: FrameworkServer['head'] = () => generateHydrationScript()

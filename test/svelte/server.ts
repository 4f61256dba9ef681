import { render as renderToString } from 'svelte/server'
import type { FrameworkServer } from '../bindings/page.js'
import Whole from './whole.svelte'

export const render: FrameworkServer['render'] = async (page) =>
  renderToString(Whole, { props: { page } }).body

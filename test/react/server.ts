import { createElement as h } from 'react'
import { renderToReadableStream } from 'react-dom/server.browser'
import type { FrameworkServer } from '../bindings/page.js'
import { Whole } from './whole.js'

export const render: FrameworkServer['render'] = async (page) => {
  const stream = await renderToReadableStream(h(Whole, { page }))
  await stream.allReady
  return new Response(stream).text()
}

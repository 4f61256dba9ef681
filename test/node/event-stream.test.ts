import { get, type IncomingMessage } from 'node:http'
import express from 'express'
import { describe, expect, it } from 'vitest'
import { nodeHandler } from '../../src/node/index.js'
import { createEndingsWorld } from '../server/endings/endings-stage.js'
import { atEnd, serve } from './stage.js'

/** A page on a server of Node that has opened an event stream. */
async function createStream() {
  const world = await createEndingsWorld({ backend: { events: { total: 1 } } })
  const { port } = await serve(nodeHandler(world.backend, { origin: 'https://app.example' }))
  const cookie = `__Host-holdfast=${await world.seal('sid-1')}`
  const open = (): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = { 'X-Holdfast': '1', 'Sec-Fetch-Site': 'same-origin', cookie }
      const sent = get({ port, host: '127.0.0.1', path: '/auth/events', headers }, resolve)
      sent.on('error', reject)
      atEnd(() => sent.destroy())
    })
  return { ...world, open }
}

describe('a logout token through Express', () => {
  it('that a body parser has taken is not lost in silence', async () => {
    const world = await createEndingsWorld()
    const app = express()
    app.use(express.urlencoded())
    app.use(nodeHandler(world.backend, { origin: 'https://app.example' }))
    const { port } = await serve(app)
    const init = { method: 'POST', body: new URLSearchParams({ logout_token: 'x' }) }
    const answer = await fetch(`http://127.0.0.1:${port}/auth/back-channel-logout`, init)
    expect(answer.status).toBe(400)
    await expect.poll(() => world.reports).toMatchObject([{ code: 'invalid_argument' }])
  })
})

describe('an event stream through Node', () => {
  it('reaches the page as it comes, and ends with the session', async () => {
    const { open, sealed } = await createStream()
    const response = await open()
    expect([response.statusCode, response.headers['content-type']]).toEqual([
      200,
      'text/event-stream',
    ])
    let text = ''
    response.on('data', (piece) => {
      text += piece
    })
    await expect.poll(() => text).toMatch(/^id: /)
    await sealed.endSessions({ userId: 'ada' })
    await new Promise((resolve) => response.once('end', resolve))
    expect(text).toContain('event: ended')
  })

  it('makes room when the page has gone', async () => {
    const { open } = await createStream()
    const first = await open()
    expect((await open()).statusCode).toBe(503)
    first.on('error', () => {})
    first.destroy()
    await expect.poll(async () => (await open()).statusCode).toBe(200)
  })
})

import { describe, expect, it } from 'vitest'
import { createBackendWorld } from './backend-world.js'

const upstreams = { api: { target: 'https://api.example' } }

describe('the paths of a backend', () => {
  it.each([
    '/auth/session',
    '/auth/refresh',
    '/auth/sign-out',
    '/auth/sign-in',
    '/auth/sign-up',
    '/auth/callback',
    '/back',
    '/auth/own',
    '/auth/proxy/api',
    '/auth/proxy/api/orders/1',
  ])('are its own: %s', (path) => {
    const routes = () => ({
      '/own': { methods: ['GET'], by: 'page' as const, run: async () => new Response() },
    })
    const { backend } = createBackendWorld({
      backend: {
        upstreams,
        redirectUri: 'https://app.example/back',
        signIn: { routes, authorizeUrl: () => '', exchangeCode: () => Promise.reject(new Error()) },
      },
    })
    expect(backend.owns(path)).toBe(true)
  })

  it.each([
    '/',
    '/auth',
    '/auth/',
    '/auth/session/',
    '/auth/session/more',
    '/auth/sso-required',
    '/auth/proxy',
    '/auth/proxy/',
    '/auth/proxy/apix',
    '/auth/proxy/other/x',
    '/auth//session',
    '/x/auth/session',
  ])('are not those of a page of the app: %s', (path) => {
    expect(createBackendWorld({ backend: { upstreams } }).backend.owns(path)).toBe(false)
  })
})

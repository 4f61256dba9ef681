import type { HttpOptions } from './http.js'

/**
 * How the refresh token of a session begins that no script can read: the browser's cookies hold it.
 * What follows names the session, so that a refresh that gets another one is noticed.
 */
export const HTTP_ONLY = 'http-only.'

/**
 * Whether no request from here carries the cookies of a browser: a server that renders a page has none to ask about,
 * unless the app's own `fetch` hands on those of the request.
 */
export const lacksCookies = ({ fetch }: Pick<HttpOptions, 'fetch'>): boolean =>
  !(fetch || globalThis.location || globalThis.navigator?.product === 'ReactNative')

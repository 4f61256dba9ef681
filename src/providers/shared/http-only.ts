/**
 * How the refresh token of a session begins that no script can read: the browser's cookies hold it.
 * What follows names the session, so that a refresh that gets another one is noticed.
 */
export const HTTP_ONLY = 'http-only.'

/** The app. Every engine takes `*.localhost` for this device, and for a secure origin. */
export const APP = 'app.shop.localhost'
/** A host of the same site that somebody else has. */
export const SIBLING = 'evil.shop.localhost'
/** Another site. */
export const STRANGER = '127.0.0.1'
/** The name of the app's cookie, which no sibling can set. */
export const COOKIE = '__Host-holdfast'

import type { Backend } from '../server/backend/index.js'

/**
 * A path without one slash at its end. Where an app has `trailingSlash`, Next sends whoever asks for `/login` on to
 * `/login/`, and serves both by the same file.
 */
export const withoutSlash = (path: string): string =>
  path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path

/** The route of the sign-in at this path, with or without a slash at its end; the path itself where there is none. */
export function routeAt(backend: Pick<Backend, 'owns'>, path: string): string {
  const bare = withoutSlash(path)
  return [path, bare, `${bare}/`].find((one) => backend.owns(one)) ?? path
}

/** Whether a path is one of the routes of the sign-in, with or without a slash at its end. */
export const isRoute = (backend: Pick<Backend, 'owns'>, path: string): boolean =>
  backend.owns(routeAt(backend, path))

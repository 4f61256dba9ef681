/** An app of `frameworks/`. How it is built and started is in its package.json. */
export interface App {
  /** Its folder. */
  readonly name: string
  /** The framework, as people call it. */
  readonly title: string
  /** The package whose version the matrix names. */
  readonly framework: string
  /** What it signs people in at. */
  readonly server: 'oidc' | 'gotrue'
  /** Whether the framework writes `Vary` over what an app says: then `no-store` alone keeps caches out. */
  readonly writesVary?: true
  /** Whether each route and page has a memory of its own: what one of them has ended, the others do not know. */
  readonly sharesNothing?: true
  /**
   * Whether its page has an `AuthClient`, which asks who is signed in once the framework has woken the page up; else a
   * few lines of script, which work at once.
   */
  readonly hasClient?: true
  /** What browsers call this device: Next 15 calls it so in redirects of its middleware, whatever was asked. @default '127.0.0.1' */
  readonly host?: 'localhost'
}

/** All of them, in the order of the matrix. */
export const APPS: readonly App[] = [
  { name: 'hono', title: 'Hono', framework: 'hono', server: 'oidc' },
  {
    name: 'sveltekit',
    title: 'SvelteKit',
    framework: '@sveltejs/kit',
    server: 'gotrue',
    hasClient: true,
  },
  {
    name: 'react-router',
    title: 'React Router',
    framework: 'react-router',
    server: 'gotrue',
    hasClient: true,
  },
  { name: 'astro', title: 'Astro', framework: 'astro', server: 'oidc', hasClient: true },
  { name: 'nuxt', title: 'Nuxt', framework: 'nuxt', server: 'oidc', hasClient: true },
  {
    name: 'tanstack-start',
    title: 'TanStack Start',
    framework: '@tanstack/react-start',
    server: 'gotrue',
    hasClient: true,
  },
  {
    name: 'next',
    title: 'Next.js (webpack)',
    framework: 'next',
    server: 'oidc',
    writesVary: true,
    hasClient: true,
  },
  {
    name: 'next-15',
    title: 'Next.js (edge runtime)',
    framework: 'next',
    server: 'oidc',
    writesVary: true,
    sharesNothing: true,
    hasClient: true,
    host: 'localhost',
  },
  { name: 'fastify', title: 'Fastify', framework: 'fastify', server: 'oidc' },
  { name: 'koa', title: 'Koa', framework: 'koa', server: 'oidc' },
  { name: 'nest', title: 'Nest', framework: '@nestjs/core', server: 'oidc' },
]

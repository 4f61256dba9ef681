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
}

/** All of them, in the order of the matrix. */
export const APPS: readonly App[] = [
  { name: 'hono', title: 'Hono', framework: 'hono', server: 'oidc' },
  { name: 'sveltekit', title: 'SvelteKit', framework: '@sveltejs/kit', server: 'gotrue' },
  { name: 'react-router', title: 'React Router', framework: 'react-router', server: 'gotrue' },
  { name: 'astro', title: 'Astro', framework: 'astro', server: 'oidc' },
  { name: 'nuxt', title: 'Nuxt', framework: 'nuxt', server: 'oidc' },
  {
    name: 'tanstack-start',
    title: 'TanStack Start',
    framework: '@tanstack/react-start',
    server: 'gotrue',
  },
  {
    name: 'next',
    title: 'Next.js (webpack)',
    framework: 'next',
    server: 'oidc',
    writesVary: true,
  },
  {
    name: 'next-15',
    title: 'Next.js (edge runtime)',
    framework: 'next',
    server: 'oidc',
    writesVary: true,
    sharesNothing: true,
  },
  { name: 'fastify', title: 'Fastify', framework: 'fastify', server: 'oidc' },
  { name: 'koa', title: 'Koa', framework: 'koa', server: 'oidc' },
  { name: 'nest', title: 'Nest', framework: '@nestjs/core', server: 'oidc' },
]

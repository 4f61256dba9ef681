// With their endings: `next` has no `exports`, so that Node finds these outside the bundles of Next, too.
import { cookies, headers } from 'next/headers.js'
import { connection, NextResponse } from 'next/server.js'
import type { NextFramework } from './framework.js'

// Every runtime of Next has it, also the edge.
declare const process: { readonly env: Readonly<Record<string, string | undefined>> }

/** The real Next.js. */
export const nextFramework = (): NextFramework => ({
  cookies,
  headers,
  connection,
  async redirect(url) {
    // Not `next/navigation.js`: that is what pages have of it, which Turbopack puts into no route (16.4, seen). And not
    // before it is needed: outside the bundles nothing redirects, and there Node does not find it without its ending.
    const { redirect } = await import('next/navigation')
    return redirect(url)
  },
  NextResponse,
  env: process.env,
})

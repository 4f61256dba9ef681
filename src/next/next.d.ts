// What of Next.js is used here, which this repository does not install. See demo/next for a build
// and type check with the real one.

declare module 'next/headers.js' {
  export const headers: import('./framework.js').NextFramework['headers']
  export const cookies: import('./framework.js').NextFramework['cookies']
}

declare module 'next/navigation' {
  export function redirect(url: string): never
}

declare module 'next/server.js' {
  export const NextResponse: import('./framework.js').NextFramework['NextResponse']
  export const connection: import('./framework.js').NextFramework['connection']
}

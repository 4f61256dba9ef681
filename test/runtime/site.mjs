// A server that redirects `/moved/…` to `/elsewhere`, and counts who comes: see server-checks.mjs.
const visits = { moved: 0, elsewhere: 0 }

export default {
  fetch(request) {
    const { pathname } = new URL(request.url)
    if (pathname === '/visits') return Response.json(visits)
    const moved = pathname.startsWith('/moved')
    visits[moved ? 'moved' : 'elsewhere'] += 1
    return new Response('{}', moved ? { status: 307, headers: { location: '/elsewhere' } } : {})
  },
}

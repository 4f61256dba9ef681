import Fastify from 'fastify'
import { nodeHandler } from 'holdfast/node'
import { auth, backend } from './auth.js'
import { accountPage, homePage } from './page.js'

const app = Fastify()
const routes = nodeHandler(backend)

app.register(async (scope) => {
  // The backend reads bodies itself.
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, _body, done) => done(null))
  scope.all('/auth/*', (request, reply) => routes(request.raw, reply.hijack().raw))
})

app.get('/', (_request, reply) => reply.type('text/html').send(homePage))

app.register(async (scope) => {
  scope.addHook('onRequest', async (request, reply) => {
    const exchange = { request: request.raw, response: reply.raw }
    if (!(await auth.admit(exchange, { signInPath: '/auth/sign-in' }))) return reply.hijack()
    // The session's cookie is one of the reply now, and stays when a route sets another.
    reply.headers(reply.raw.getHeaders())
  })
  scope.get('/account', (request, reply) =>
    reply.type('text/html').send(accountPage(auth.sessionOf(request.raw).user.name)),
  )
})

const { HOST: host = '127.0.0.1', PORT = '3000' } = process.env
await app.listen({ host, port: Number(PORT) })

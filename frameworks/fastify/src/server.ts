import Fastify from 'fastify'
import { auth } from './auth.js'
import { accountPage, homePage } from './page.js'

const app = Fastify()

app.addHook('onRequest', async (request, reply) => {
  if (request.url === '/') return
  const exchange = { request: request.raw, response: reply.raw }
  if (!(await auth.admit(exchange, { signInPath: '/auth/sign-in' }))) return reply.hijack()
  // The session's cookie is one of the reply now, and stays when a route sets another.
  reply.headers(reply.raw.getHeaders())
})

app.get('/', (_request, reply) => reply.type('text/html').send(homePage))
app.get('/account', (request, reply) =>
  reply.type('text/html').send(accountPage(auth.sessionOf(request.raw).user)),
)

const { HOST: host = '127.0.0.1', PORT = '3000' } = process.env
await app.listen({ host, port: Number(PORT) })

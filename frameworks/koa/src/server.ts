import Koa from 'koa'
import { auth } from './auth.js'
import { accountPage, homePage } from './page.js'

const app = new Koa()

app.use(async (ctx, next) => {
  if (ctx.path === '/') return next()
  const exchange = { request: ctx.req, response: ctx.res }
  if (await auth.admit(exchange, { signInPath: '/auth/sign-in' })) return next()
  ctx.respond = false
})

app.use((ctx) => {
  if (ctx.path === '/') ctx.body = homePage
  if (ctx.path === '/account') ctx.body = accountPage(auth.sessionOf(ctx.req).user)
})

const { HOST: host = '127.0.0.1', PORT = '3000' } = process.env
app.listen(Number(PORT), host)

import 'reflect-metadata'
import { Controller, Get, Header, Module, Req } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { ExpressRequest } from 'holdfast/express'
import { auth } from './auth.js'
import { accountPage, homePage } from './page.js'

@Controller()
class Pages {
  @Get()
  home() {
    return homePage
  }

  @Get('account')
  @Header('Content-Type', 'text/html')
  account(@Req() request: ExpressRequest) {
    return accountPage(auth.sessionOf(request).user)
  }
}

@Module({ controllers: [Pages] })
class App {}

const app = await NestFactory.create(App)
// Before Nest's own parsers of bodies: the routes read them themselves.
app.use(auth.middleware)
app.use('/account', auth.requireSession({ signInPath: '/auth/sign-in' }))

const { HOST: host = '127.0.0.1', PORT = '3000' } = process.env
await app.listen(Number(PORT), host)

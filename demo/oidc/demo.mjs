// What the demo adds: two origins on the loopback, the page, and a switch for outages.
import { join } from 'node:path'
import express from 'express'
import { createApi } from './app.mjs'
import { createHarbour } from './harbour.mjs'

const PUBLIC = join(import.meta.dirname, 'public')
const STYLE = join(import.meta.dirname, '../styles/house.css')
const ICON = join(import.meta.dirname, '../public/icon.svg')

/** A page elsewhere cannot send this type without being asked first. */
function onlyJSON(request, response, next) {
  if (request.method === 'GET' || request.is('json')) next()
  else response.sendStatus(415)
}

/** What the page shows and switches besides. */
function createSwitch(state) {
  const routes = express.Router()
  routes.use(onlyJSON, express.json())
  routes.get('/', (_request, response) => response.json(state))
  routes.post('/', (request, response) => {
    const { down } = request.body ?? {}
    if (typeof down === 'boolean') state.down = down
    response.json(state)
  })
  return routes
}

/** A site that looks as both do. */
function createSite() {
  const site = express().disable('x-powered-by')
  site.get('/house.css', (_request, response) => response.sendFile(STYLE))
  site.get('/icon.svg', (_request, response) => response.sendFile(ICON))
  return site
}

/** Makes both sites: the app at `app`, the auth server at `issuer`. `bundle` makes the page's script. */
export async function createDemo({ app, issuer, bundle }) {
  const api = `${app}/api`
  const { routes, state } = await createHarbour({ issuer, app, api })
  const harbour = createSite()
  harbour.get('/style.css', (_request, response) => response.sendFile(join(PUBLIC, 'style.css')))
  harbour.use(routes)

  const page = createSite()
  const script = await bundle({ issuer, api })
  page.use('/api', createApi({ issuer, api }))
  page.use('/demo', createSwitch(state))
  page.get('/page.js', (_request, response) => response.type('js').send(script))
  page.use(express.static(PUBLIC))
  return { page, harbour }
}

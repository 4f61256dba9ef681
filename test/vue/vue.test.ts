// @vitest-environment happy-dom
import { bindingContract } from '../bindings/contract.js'
import { serverContract } from '../bindings/server-contract.js'

bindingContract('vue', { provider: 'app.use(authPlugin, auth)', readsAtOnce: true })
serverContract('vue')

// @vitest-environment happy-dom
import { bindingContract } from '../bindings/contract.js'
import { serverContract } from '../bindings/server-contract.js'

bindingContract('svelte', { provider: 'provideAuth(auth)', readsAtOnce: false, listeners: 1 })
serverContract('svelte', { takesOverParts: false })

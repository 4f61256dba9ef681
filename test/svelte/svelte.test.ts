// @vitest-environment happy-dom
import { bindingContract } from '../bindings/contract.js'
import { serverContract } from '../bindings/server-contract.js'

bindingContract('svelte', { provider: 'provideAuth(auth)', readsAtOnce: false })
serverContract('svelte', { takesOverParts: false })

// @vitest-environment happy-dom
import { bindingContract } from '../bindings/contract.js'
import { serverContract } from '../bindings/server-contract.js'

bindingContract('react', {
  provider: '<AuthProvider client={auth}>',
  readsAtOnce: true,
  listeners: 4,
})
serverContract('react', { takesOverParts: true })

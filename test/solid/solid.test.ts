// @vitest-environment happy-dom
import { bindingContract } from '../bindings/contract.js'
import { serverContract } from '../bindings/server-contract.js'

bindingContract('solid', {
  provider: '<AuthProvider client={auth}>',
  readsAtOnce: true,
  listeners: 1,
})
serverContract('solid', { takesOverParts: true })

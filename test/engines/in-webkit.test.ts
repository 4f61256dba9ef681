import { webKit } from './engine.js'
import { testSuitesIn } from './suites.js'

testSuitesIn(webKit())

import { firefox } from './engine.js'
import { testSuitesIn } from './suites.js'

testSuitesIn(firefox())

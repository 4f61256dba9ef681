import { chromium } from './engine.js'
import { testSuitesIn } from './suites.js'

testSuitesIn(chromium())

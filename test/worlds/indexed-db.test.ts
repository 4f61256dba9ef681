import { describeFamilies } from './families.js'

describeFamilies('async')
